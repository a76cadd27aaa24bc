return func {
  name = "plain", inputs = { name = "string" }, returns = "string",
  value = function(name)
    return (string.gsub(name, ",", ""))
  end,
}
