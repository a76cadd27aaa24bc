-- TRIES: a row that uses almost all its steps, and others that use few.
-- HOST MUST: charge each row for its own instructions alone.
-- EXPECT: OK.*fee=150
function fee(row)
  local n = 0
  for i = 1, (row.id == 7 and 45000 or 50) do n = n + 1 end
  return 150
end
