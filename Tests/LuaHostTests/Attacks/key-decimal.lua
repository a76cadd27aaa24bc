-- TRIES: decimals as keys: equal ones of unlike scale, stored, read, removed and walked through.
-- HOST MUST: take keys by value, in their order.
-- EXPECT: OK fee=123$
function fee(row)
  local one = row.price - row.price + 1
  local t = { [one] = 1, [one * 1 + 1] = 2 }
  t[one + 2] = 3
  t[one * 10] = 9
  t[one + 9] = nil
  local order = 0
  for key, value in pairs(t) do order = order * 10 + t[key + 0] end
  return order
end
