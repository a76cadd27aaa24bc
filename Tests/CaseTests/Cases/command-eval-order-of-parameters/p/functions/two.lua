-- Not inputs = { count = "int", price = "int" }: the function says which comes first.
return func {
  inputs = { ["count"] = "int", ["price"] = "int" },
  returns = "int",
  value = function(price, count) return price * 100 + count end,
}
