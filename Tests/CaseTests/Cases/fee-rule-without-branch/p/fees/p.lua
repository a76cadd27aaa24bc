return fee_rule {
  name = "p", inputs = { amount = "decimal USD" },
  versions = { { rate = 0.1 } },
  fee = function(row, terms)
    if row.amount > 10 then return row.amount * terms.rate end
    return row.amount * terms.rate, "b"
  end,
}
