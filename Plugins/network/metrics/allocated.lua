return metric {
  name = "allocated",
  title = "Allocated",
  unit = "BTRST",
  definition = "Tokens allocated to groups.",
  inputs = { tokens = "decimal BTRST" },
  value = function(row)
    return row.tokens
  end,
  aggregate = "sum",
}
