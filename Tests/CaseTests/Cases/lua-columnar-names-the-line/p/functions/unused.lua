-- Nobody calls it, so nobody has to know that it is not columnar.
return func {
  name = "unused", inputs = { name = "string" }, returns = "string",
  value = function(name)
    return name:rep(2)
  end,
}
