return fee_rule {
  name = "misspelt", payer = "client",
  inputs = { amount = "decimal USD" },
  versions = { { rate = 0.10, maximun = 100 } },
}
