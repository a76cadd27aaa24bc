-- TRIES: closures with upvalues of their own.
-- HOST MUST: stop.
-- EXPECT: ERR.*limit
local t = {}
for i = 1, 1e9 do t[i] = function() return i end end
