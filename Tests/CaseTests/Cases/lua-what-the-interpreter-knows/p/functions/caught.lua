return func {
  name = "caught", inputs = { n = "int" }, returns = "int",
  value = function(n)
    if pcall(error, "caught") then return 0 end
    return n
  end,
}
