return func {
  name = "required", inputs = { n = "int" }, returns = "int",
  value = function(n)
    return require("halves").half(n) + select("#", n, n)
  end,
}
