return fee_rule {
  name = "f", inputs = { amount = "decimal USD", day = "date" }, priced_by = "day",
  versions = {
    { valid_from = "2020-01-01", valid_to = "2021-01-01", rate = 0.1 },
    { valid_from = "2021-02-01", rate = 0.2 },
  },
}
