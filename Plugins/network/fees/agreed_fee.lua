-- The client fee where a client has terms of its own: another rate, another rate for what is above a tier, a least and a
-- greatest fee. What is not agreed is as in client_fee.
return fee_rule {
  name = "agreed_fee",
  title = "Client fee",
  payer = "client",
  definition = "What the client pays on top of what talent bills: the fee in force, or what was agreed with the client.",
  inputs = {
    amount = "decimal USD",
    issued_on = "date",
    agreed_rate = "decimal?",
    agreed_tier_up_to = "decimal? USD",
    agreed_tier_rate = "decimal?",
    agreed_minimum = "decimal? USD",
    agreed_maximum = "decimal? USD",
  },
  priced_by = "issued_on",
  rounding = { scale = 2, mode = "half_even" },
  versions = {
    { valid_from = "2018-09-01", valid_to = "2023-07-19", rate = 0.10 },
    { valid_from = "2023-07-19", rate = 0.15 },
  },
  fee = function(row, terms)
    local fee = row.amount * (row.agreed_rate or terms.rate)
    local branch = row.agreed_rate and "agreed" or "flat"
    if row.agreed_tier_up_to and row.agreed_tier_rate and row.amount > row.agreed_tier_up_to then
      fee = row.agreed_tier_up_to * (row.agreed_rate or terms.rate)
        + (row.amount - row.agreed_tier_up_to) * row.agreed_tier_rate
      branch = "tiers"
    end
    if row.agreed_minimum and fee < row.agreed_minimum then
      return row.agreed_minimum, "minimum"
    end
    if row.agreed_maximum and fee > row.agreed_maximum then
      return row.agreed_maximum, "maximum"
    end
    return fee, branch
  end,
}
