-- TRIES: decimals of a table's keys in the order of their values, which is not that of their digits.
-- HOST MUST: sort them by value, behind numbers and texts.
-- EXPECT: OK fee=1234$
function fee(row)
  local zero = row.price - row.price
  local t = { [zero + 10] = 4, [zero + 9] = 3, x = 2, [1] = 1 }
  local order = 0
  for _, value in pairs(t) do order = order * 10 + value end
  return order
end
