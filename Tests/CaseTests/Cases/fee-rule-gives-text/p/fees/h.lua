return fee_rule {
  name = "h", inputs = { amount = "decimal USD" },
  versions = { { rate = 0.1 } },
  fee = function(row, terms)
    local fees = { "free" }
    local t = {}
    for i = 1, 3 do t[#t + 1] = i end
    return fees[#fees]
  end,
}
