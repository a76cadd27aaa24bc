local TIERS = { { up_to = 50.5, rate = 0.2 }, { up_to = 90, rate = 0.1 }, { rate = 0.05 } }

return fee_rule {
  name = "charge", inputs = { amount = "decimal USD", pieces = "int", who = "string?", day = "date" }, priced_by = "day",
  rounding = { scale = 2, mode = "half_up" }, maximum = 1000,
  versions = {
    { valid_from = "2021-01-01", valid_to = "2026-01-01", rate = 0.1, label = "flat" },
    { valid_from = "2026-01-01", rate = 0.15, label = "tiers" },
  },
  fee = function(row, terms)
    local each = row.amount / row.pieces
    if row.who == "cy" then return each * terms.rate, terms.label end
    return graduated(row.amount, TIERS), upper(row.who or "nobody")
  end,
}
