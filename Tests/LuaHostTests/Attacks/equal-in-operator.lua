-- TRIES: the comparison inside an operator of a table, which Lua calls from C.
-- HOST MUST: raise.
-- EXPECT: ERR a decimal never equals a number in Lua
local operators = { __lt = function(a, b) return a.amount == 0 end }
function fee(row)
  local a, b = setmetatable({ amount = row.price }, operators), setmetatable({}, operators)
  return a < b and 1 or 2
end
