-- The table keeps the rule in the interpreter, whose numbers have more decimals than a column until they are rounded.
local factor = { USD = 1, EUR = 1.035 }
return fee_rule {
  name = "tab", inputs = { a = "decimal(8,2)", c = "string", d = "date" }, priced_by = "d", rounding = { scale = 2 },
  versions = { { valid_from = "2018-01-01" } },
  fee = function(row) return row.a / 3 * (factor[row.c] or 1.5), "x" end,
}
