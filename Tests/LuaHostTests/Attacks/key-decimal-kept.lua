-- TRIES: keys that the host forgets when memory is collected.
-- HOST MUST: keep those that are in use.
-- EXPECT: OK fee=20$
function fee(row)
  local t, count = {}, 0
  for i = 1, 20 do t[row.price + i] = i end
  for i = 1, 30 do local waste = { row.price * i, ("x"):rep(i) } waste[row.price * i] = waste end
  for i = 1, 20 do if t[row.price + i] == i then count = count + 1 end end
  return count
end
