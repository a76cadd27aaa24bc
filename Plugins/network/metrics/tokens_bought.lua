return metric {
  name = "tokens_bought",
  title = "Tokens for the fees",
  unit = "BTRST",
  definition = "What the fees bought before the pool took its fee and the price slipped.",
  inputs = { gross_tokens = "decimal BTRST" },
  value = function(row)
    return row.gross_tokens
  end,
  aggregate = "sum",
}
