-- TRIES: long equal texts compared again and again: no allocation, one instruction.
-- HOST MUST: stop by steps or by the clock.
-- EXPECT: ERR.*(limit|deadline)
local a, b = ("x"):rep(500000) .. "a", ("x"):rep(500000) .. "b"
local n = 0
while true do if a < b then n = n + 1 end end
