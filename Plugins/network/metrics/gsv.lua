return metric {
  name = "gsv",
  title = "Gross Service Value",
  unit = "USD",
  definition = "Dollars that came into the network before anything is paid out: what talent bills plus the client fee.",
  inputs = { amount = "decimal USD", client_fee = "decimal USD" },
  value = function(row)
    return row.amount + row.client_fee
  end,
  aggregate = "sum",
}
