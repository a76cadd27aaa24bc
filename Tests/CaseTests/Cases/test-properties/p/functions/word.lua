return func {
  name = "word",
  inputs = { n = "int", unit = "string?" },
  returns = "string",
  value = function(n, unit)
    if n < 1 then return "none" end
    return unit or "a"
  end,
}
