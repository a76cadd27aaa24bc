return func {
  name = "standing_in", inputs = { n = "int" }, returns = "int",
  value = function(n)
    local rates = setmetatable({}, { __index = function() return 5 end })
    return rates.unknown + n
  end,
}
