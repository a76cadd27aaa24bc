-- TRIES: many keys that are asked for and never kept: what stands for each would pile up.
-- HOST MUST: forget them; the row ends within its memory.
-- EXPECT: OK fee=0$
function fee(row)
  local t, found = {}, 0
  for i = 1, 60 do
    if t[row.price + i] or t[row.day + i] then found = found + 1 end
  end
  return found
end
