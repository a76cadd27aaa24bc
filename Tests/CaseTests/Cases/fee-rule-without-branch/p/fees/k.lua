return fee_rule {
  name = "k", inputs = { amount = "decimal USD" },
  versions = { { rate = 0.1 } },
  fee = function(row, terms)
    return row.amount * terms.rate
  end,
}
