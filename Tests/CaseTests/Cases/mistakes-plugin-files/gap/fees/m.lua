return fee_rule {
  name = "m", inputs = { amount = "decimal USD" }, base = "amount", minimum = 5, maximum = 4,
  versions = { { rate = 0.1 } },
}
