return metric {
  name = "fees_converted",
  title = "Fees converted",
  unit = "USD",
  definition = "Client fees that were turned into tokens.",
  inputs = { fee = "decimal USD" },
  value = function(row)
    return row.fee
  end,
  aggregate = "sum",
}
