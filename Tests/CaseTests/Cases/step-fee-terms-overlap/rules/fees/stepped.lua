return fee_rule {
  name = "stepped", payer = "client",
  inputs = { amount = "decimal USD" },
  versions = {
    { tiers = { { up_to = 1000, rate = 0.10 }, { rate = 0.05 } } },
  },
}
