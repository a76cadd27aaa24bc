return metric {
  name = "slippage_cost",
  title = "Slippage",
  unit = "BTRST",
  definition = "What the price moved against the purchase: tokens bought, less the pool fee, less what was sent.",
  inputs = { slippage_tokens = "decimal BTRST" },
  value = function(row)
    return row.slippage_tokens
  end,
  aggregate = "sum",
}
