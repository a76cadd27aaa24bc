return export {
  inputs = { amount = "decimal EUR", at = "date" },
  write = function(rows, out) end,
}
