return fee_rule {
  name = "f", inputs = { amount = "decimal USD" },
  versions = { { rate = 0.1 } },
  fee = function(row, terms)
    if row.amount > 10 then return "free" end
    return "nothing"
  end,
}
