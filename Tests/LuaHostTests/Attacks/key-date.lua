-- TRIES: dates as keys: the same day from two sources, in a table's constructor, behind an operator and by pairs.
-- HOST MUST: take keys by value.
-- EXPECT: OK fee=11$
local asked = setmetatable({}, { __index = function(t, key) return key.year > 0 and 5 or 0 end })
function fee(row)
  local days = {}
  for _, n in ipairs { 3, 1, 2, 1 } do days[row.day + n] = (days[row.day + n] or 0) + 1 end
  local last, count = row.day, 0
  for day, n in pairs(days) do
    if not (last < day) then return -1 end
    last, count = day, count + n
  end
  return count + days[row.day + 1] + asked[row.day]
end
