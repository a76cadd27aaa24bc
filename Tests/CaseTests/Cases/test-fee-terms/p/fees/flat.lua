return fee_rule {
  name = "flat", title = "Flat", payer = "client",
  inputs = { amount = "decimal USD", issued_on = "date" },
  priced_by = "issued_on", rounding = { scale = 2, mode = "half_even" },
  versions = { { valid_from = "2024-01-01", rate = 0.10, minimum = 5 } },
  base = "amount",
}
