return func {
  name = "kind", inputs = { amount = "decimal USD" },
  value = function(amount) return amount > 100 and "large" or "small" end,
}
