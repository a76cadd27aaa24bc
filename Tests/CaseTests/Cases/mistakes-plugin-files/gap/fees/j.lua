return fee_rule {
  name = "j", inputs = { amount = "decimal USD", day = "date" },
  versions = {
    { valid_from = "2021-01-01", rate = 0.1 },
    { valid_from = "2022-01-01", rate = 0.1 },
  },
}
