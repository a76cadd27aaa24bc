-- TRIES: the value of a numeric loop, which is taken for a number, made a decimal by the body and by a closure.
-- HOST MUST: raise where it is compared, and take it by value where it is a key.
-- EXPECT: OK fee=22$
function fee(row)
  local found, t = 0, {}
  for i = 1, 2 do
    i = row.price * i
    if not pcall(function() return i == 1 end) then found = found + 1 end
    t[i] = found
    found = found + (t[i * 1] == found and 5 or 0)
  end
  for i = 1, 2 do
    local function change() i = row.price * i end
    change()
    t[i] = 5
    found = found + t[i + 0]
  end
  return found
end
