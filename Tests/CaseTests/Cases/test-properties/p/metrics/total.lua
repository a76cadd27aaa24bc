return metric {
  name = "total",
  inputs = { amount = "decimal" },
  value = function(row) return row.amount * row.amount end,
  aggregate = "sum",
}
