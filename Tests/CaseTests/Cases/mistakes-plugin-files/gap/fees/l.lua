return fee_rule {
  name = "l", inputs = { amount = "decimal USD", on = "date" }, priced_by = "on", minimum = 5, base = "amount",
  versions = {
    { valid_to = "2021-01-01", rate = 0.1 },
    { valid_from = "2021-01-01", rate = 0.1, maximum = 2.50 },
  },
}
