return metric {
  name = "dao_receipts",
  title = "Tokens received by the DAO",
  unit = "BTRST",
  definition = "Transfers whose receiver is the DAO, as the chain has them.",
  inputs = { tokens = "decimal BTRST" },
  value = function(row)
    return row.tokens
  end,
  aggregate = "sum",
}
