-- TRIES: a comparator that empties the list it sorts.
-- HOST MUST: do no harm.
-- EXPECT: OK.*SAFE
local t = {}
for i = 1, 100 do t[i] = (i * 37) % 101 end
pcall(table.sort, t, function(a, b) for i = 1, 100 do t[i] = nil end return a < b end)
return "SAFE"
