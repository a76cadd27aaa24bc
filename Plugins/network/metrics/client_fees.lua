return metric {
  name = "client_fees",
  title = "Client fees",
  unit = "USD",
  definition = "What clients paid on top of what talent billed.",
  inputs = { client_fee = "decimal USD" },
  value = function(row)
    return row.client_fee
  end,
  aggregate = "sum",
}
