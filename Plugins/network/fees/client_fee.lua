-- What a client pays: 10 % of what talent bills until 18 July 2023, 15 % from the day after. Terms of its own may give a client
-- another rate, a tier above which `tier_rate` holds, a least and a greatest fee.
return fee_rule {
  name = "client_fee",
  title = "Client fee",
  payer = "client",
  definition = "What the client pays on top of what talent bills.",
  inputs = { amount = "decimal USD", issued_on = "date" },
  priced_by = "issued_on",
  rounding = { scale = 2, mode = "half_even" },
  versions = {
    { valid_from = "2018-09-01", valid_to = "2023-07-19", rate = 0.10, tier_up_to = 0, tier_rate = 0.0 },
    { valid_from = "2023-07-19", rate = 0.15, tier_up_to = 0, tier_rate = 0.0 },
  },
  fee = function(row, terms)
    if terms.tier_up_to > 0 and row.amount > terms.tier_up_to then
      local above = row.amount - terms.tier_up_to
      return (row.amount - above) * terms.rate + above * terms.tier_rate, "tiers"
    end
    return row.amount * terms.rate, "flat"
  end,
}
