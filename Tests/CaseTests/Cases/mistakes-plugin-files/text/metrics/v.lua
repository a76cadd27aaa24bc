return metric {
  name = "v", inputs = { amount = "decimal USD" }, unit = "USD",
  value = function(row) return "a" end, aggregate = "sum",
}
