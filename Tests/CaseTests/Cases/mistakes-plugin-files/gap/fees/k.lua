return fee_rule {
  name = "k", inputs = { amount = "decimal USD" }, minimum = "x",
  versions = { { tiers = { { up_to = "x", rate = 0.1 } } } },
}
