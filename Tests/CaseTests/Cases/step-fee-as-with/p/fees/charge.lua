return fee_rule {
  name = "charge", title = "Charge", payer = "client", definition = "What the client pays.",
  inputs = { amount = "decimal USD", day = "date" },
  priced_by = "day", rounding = { scale = 2, mode = "half_even" },
  versions = {
    { valid_from = "2020-01-01", valid_to = "2026-02-28", rate = 0.10 },
    { valid_from = "2026-02-28", rate = 0.15 },
  },
  fee = function(row, terms) return row.amount * terms.rate, "flat" end,
}
