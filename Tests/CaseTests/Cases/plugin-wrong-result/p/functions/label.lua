return func {
  name = "label", inputs = { n = "int" }, returns = "decimal(10,2)",
  value = function(n)
    if n > 10 then return ("x"):rep(3) end
    return n
  end,
}
