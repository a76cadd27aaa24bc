-- TRIES: the comparison inside the function that sort calls, caught.
-- HOST MUST: raise; the error is an ordinary one, and can be caught.
-- EXPECT: OK fee=7$
function fee(row)
  local t = { row.price, 2, row.price }
  local ok, message = pcall(table.sort, t, function(a, b) return a ~= b end)
  return not ok and message:find("eq%(a, b%)") and 7 or 8
end
