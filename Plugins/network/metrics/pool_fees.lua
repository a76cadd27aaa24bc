return metric {
  name = "pool_fees",
  title = "Pool fees",
  unit = "BTRST",
  definition = "What the pool kept: 1 % of what the fees bought.",
  inputs = { pool_fee = "decimal BTRST" },
  value = function(row)
    return row.pool_fee
  end,
  aggregate = "sum",
}
