local word = string.gmatch("a b c d e f g h", "%a")
return func {
  name = "word",
  inputs = { n = "int", unit = "string?" },
  returns = "string",
  value = function(n, unit)
    if n > 100 then return unit .. "!" end
    return word() or "none"
  end,
}
