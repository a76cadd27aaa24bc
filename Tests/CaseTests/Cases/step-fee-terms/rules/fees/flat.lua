return fee_rule {
  name = "flat", payer = "client",
  inputs = { amount = "decimal USD", issued_on = "date" },
  priced_by = "issued_on", minimum = 5, maximum = 500, rounding = { scale = 2 },
  versions = {
    { valid_from = "2020-01-01", valid_to = "2024-01-01", rate = 0.10 },
    { valid_from = "2024-01-01", rate = 0.15, maximum = 1000 },
  },
  fee = function(row, terms) return row.amount * terms.rate, "flat" end,
}
