-- TRIES: an outer table indexed by a comparison, which Lua 5.4.4 compiles wrongly.
-- EXPECT: ERR.*comparison
local upv = { [true] = "yes", [false] = "no" }
local function f(a, b) return upv[a < b] end
return f(1, 2)
