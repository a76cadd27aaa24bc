return func {
  name = "w", inputs = { amount = "decimal USD" }, returns = "decimal USD",
  value = function(amount) return "a" end,
}
