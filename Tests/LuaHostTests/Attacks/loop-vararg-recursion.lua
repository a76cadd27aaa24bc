-- TRIES: more and more arguments.
-- HOST MUST: end at a limit.
-- EXPECT: ERR.*(limit|overflow|too many)
local function f(...) return f(1, 2, 3, 4, 5, 6, 7, 8, ...) end
return f()
