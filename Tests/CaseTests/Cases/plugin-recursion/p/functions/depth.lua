local function count(n)
  if n == 0 then return 0 end
  return 1 + count(n - 1)
end

return func {
  name = "depth", inputs = { n = "int" }, returns = "int",
  value = function(n) return count(n) end,
}
