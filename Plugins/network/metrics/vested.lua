return metric {
  name = "vested",
  title = "Vested",
  unit = "BTRST",
  definition = "Tokens that became free in this period.",
  inputs = { vested_part = "decimal BTRST" },
  value = function(row)
    return row.vested_part
  end,
  aggregate = "sum",
}
