-- TRIES: a numeric for to infinity.
-- HOST MUST: stop it.
-- EXPECT: ERR.*instruction limit
-- STATUS: instructions
local n = 0
for i = 1, math.huge do n = n + i end
return n
