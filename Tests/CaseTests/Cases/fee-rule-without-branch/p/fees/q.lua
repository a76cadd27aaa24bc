return fee_rule {
  name = "q", inputs = { amount = "decimal USD" },
  versions = { { rate = 0.1 } },
  fee = function(row, terms)
    local t = {}
    for i = 1, 3 do t[#t + 1] = i end
    return row.amount * terms.rate
  end,
}
