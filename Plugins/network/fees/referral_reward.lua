-- What a referrer earns, before any cap: 2 % of a referred client's billings, 1 % of a referred talent's earnings.
return fee_rule {
  name = "referral_reward",
  title = "Referral reward",
  payer = "network",
  definition = "2 % of what talent billed a referred client, 1 % of what a referred talent billed; before the cap.",
  inputs = { billed = "decimal USD", side = "string" },
  rounding = { scale = 2, mode = "half_even" },
  versions = { { client = 0.02, talent = 0.01 } },
  fee = function(row, terms)
    if row.side == "client" then
      return row.billed * terms.client, "client"
    end
    return row.billed * terms.talent, "talent"
  end,
}
