return func {
  name = "slow", inputs = { n = "int" }, returns = "int",
  value = function(n)
    local i = 0
    while i < n do i = i + 1 end
    return i
  end,
}
