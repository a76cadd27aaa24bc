-- A tenth until the end of 2025. Since then a rate for each part of the amount: 15 % of the first 5,000, 12 % of what is
-- above up to 20,000, and 8 % of the rest.
return fee_rule {
  name = "placement_fee",
  title = "Placement fee",
  payer = "client",
  definition = "What a client pays for a placement, by the parts of its amount.",
  inputs = { amount = "decimal USD", placed_on = "date" },
  priced_by = "placed_on",
  base = "amount",
  minimum = 25,
  rounding = { scale = 2, mode = "half_even" },
  versions = {
    { valid_from = "2024-01-01", valid_to = "2026-01-01", rate = 0.10, maximum = 2500 },
    {
      valid_from = "2026-01-01",
      maximum = 4000,
      tiers = { { up_to = 5000, rate = 0.15 }, { up_to = 20000, rate = 0.12 }, { rate = 0.08 } },
    },
  },
}
