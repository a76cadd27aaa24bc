return fee_rule {
  name = "n", inputs = { amount = "decimal USD", issued_on = "date" }, base = "amount", priced_by = "issued_on",
  versions = { { valid_from = "2021-01-01", rate = 0.3, tiers = { { up_to = 4, rate = 0.1 }, { rate = 0.2 } } } },
}
