-- TRIES: gmatch over a text with a pattern that matches nothing everywhere.
-- HOST MUST: end.
-- EXPECT: OK.*SAFE 1001
local n = 0
for _ in ("x"):rep(1000):gmatch("y*") do n = n + 1 end
return "SAFE " .. n
