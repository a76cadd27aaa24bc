-- TRIES: tail calls for ever: the stack does not grow.
-- HOST MUST: count the instructions.
-- EXPECT: ERR.*instruction limit
-- STATUS: instructions
local function f(n) return f(n + 1) end
return f(1)
