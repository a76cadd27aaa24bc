return metric {
  name = "dao_tokens",
  title = "Tokens sent to the DAO",
  unit = "BTRST",
  definition = "Fees / price, less the pool fee and slippage, as the rules compute it.",
  inputs = { tokens = "decimal BTRST" },
  value = function(row)
    return row.tokens
  end,
  aggregate = "sum",
}
