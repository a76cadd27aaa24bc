return fee_rule {
  name = "gap", payer = "client",
  inputs = { amount = "decimal USD", sold_on = "date" },
  priced_by = "sold_on",
  versions = {
    { valid_from = "2025-01-01", valid_to = "2026-01-01", rate = 0.10 },
    { valid_from = "2026-01-02", rate = 0.15 },
  },
}
