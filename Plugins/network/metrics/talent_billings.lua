return metric {
  name = "talent_billings",
  title = "Talent billings",
  unit = "USD",
  definition = "What talent billed: Gross Service Value without the client fee.",
  inputs = { amount = "decimal USD" },
  value = function(row)
    return row.amount
  end,
  aggregate = "sum",
}
