-- TRIES: a comparison in a function that holds many values at once.
-- HOST MUST: raise.
-- EXPECT: ERR a decimal never equals a number in Lua
function fee(row)
  local a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20 =
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, row.price
  local t = { a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18, a19, a20 }
  for i = #t, 1, -1 do
    for j = i - 1, 1, -1 do if t[j] == t[i] then return i end end
  end
  return 0
end
