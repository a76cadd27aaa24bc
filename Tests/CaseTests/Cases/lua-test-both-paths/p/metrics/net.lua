return metric {
  name = "net", unit = "USD", inputs = { amount = "decimal USD", fee = "decimal USD" },
  value = function(row) return math.max(row.amount - row.fee, settings.least) end,
  aggregate = "sum",
}
