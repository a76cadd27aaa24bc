return fee_rule {
  name = "m", inputs = { amount = "decimal USD" },
  versions = { { rate = 0.1 } },
  fee = function(row, terms)
    return true, "x"
  end,
}
