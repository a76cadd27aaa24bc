return func {
  inputs = { a = "decimal(8,2) USD", k = "decimal(8,2) BTRST", n = "int" }, returns = "decimal(38,6) USD",
  value = function(a, k, n)
    for i = 1, n do a = a + k end
    return a
  end,
}
