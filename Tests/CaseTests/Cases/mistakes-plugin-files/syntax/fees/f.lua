return fee_rule {
  name = "f",
  inputs = { amount = "decimal USD" }
  versions = { { rate = 0.1 } },
}
