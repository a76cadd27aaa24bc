return func {
  name = "hoard", inputs = { n = "int" }, returns = "int",
  value = function(n)
    local kept = {}
    for i = 1, n do kept[i] = { i, i, i, i } end
    return #kept
  end,
}
