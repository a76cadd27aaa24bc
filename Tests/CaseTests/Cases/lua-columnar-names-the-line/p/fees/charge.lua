return fee_rule {
  name = "charge", inputs = { amount = "decimal USD", day = "date" },
  versions = { { rate = 0.1 } },
  fee = function(row, terms)
    local total = 0
    while total < 3 do total = total + 1 end
    return row.amount * terms.rate * total, "looped"
  end,
}
