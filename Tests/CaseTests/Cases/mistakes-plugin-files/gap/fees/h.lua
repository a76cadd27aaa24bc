return fee_rule {
  name = "h", inputs = { amount = "decimal USD", day = "date" }, priced_by = "day",
  versions = {
    { valid_from = "2021-01-32", rate = 0.1 },
  },
}
