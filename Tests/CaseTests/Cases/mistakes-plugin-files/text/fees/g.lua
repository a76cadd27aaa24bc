return fee_rule {
  name = "g", inputs = { amount = "decimal USD" },
  versions = { { rate = 0.1 } },
  fee = function(row, terms)
    if row.amount > 10 then return "free" end
    return row.amount * terms.rate
  end,
}
