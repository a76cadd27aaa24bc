-- TRIES: a recursion without an end.
-- HOST MUST: name file and line of it, as for other limits.
-- EXPECT: ERR.*stack overflow
-- STATUS: memory
local function f(n) return 1 + f(n + 1) end
return f(1)
