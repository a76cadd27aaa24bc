return fee_rule {
  name = "i", inputs = { amount = "decimal USD" },
  versions = { { rate = 0.1 } },
  fee = function(row, terms)
    local steps = {}
    for i = 1, 3 do steps[#steps + 1] = i end
    return math.max(row.amount, 10)
  end,
}
