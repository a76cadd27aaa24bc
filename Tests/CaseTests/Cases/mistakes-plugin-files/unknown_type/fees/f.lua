return fee_rule {
  name = "f",
  inputs = { amount = "dollars", day = "date", n = 5 },
  versions = { { rate = 0.1 } },
}
