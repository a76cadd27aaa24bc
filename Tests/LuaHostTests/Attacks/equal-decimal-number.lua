-- TRIES: a decimal out of a table against a number: Lua says no in silence, whatever their values.
-- HOST MUST: raise with the line, and name eq.
-- EXPECT: ERR a decimal never equals a number in Lua: write eq\(a, b\)
-- STATUS: runtime
function fee(row)
  local state = { total = row.price - row.price }
  if state.total == 0 then return 1 end
  return 2
end
