return fee_rule {
  name = "charge", payer = "client",
  inputs = { amount = "decimal USD", issued_on = "date" },
  priced_by = "issued_on", rounding = { scale = 2 },
  versions = {
    { valid_from = "2018-09-01", valid_to = "2023-07-01", rate = 0.10 },
    { valid_from = "2023-07-19", rate = 0.15 },
  },
}
