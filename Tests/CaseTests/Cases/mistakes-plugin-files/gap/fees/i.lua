return fee_rule {
  name = "i", inputs = { amount = "decimal USD", day = "date" }, priced_by = "day",
  versions = {
    { valid_from = "2021-01-01", rate = "0.1" },
  },
}
