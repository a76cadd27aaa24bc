-- TRIES: an outer table indexed by a comparison, which this library compiles wrongly.
-- HOST MUST: refuse the shape.
-- EXPECT: ERR.*comparison
-- STATUS: syntax
local upv = { [true] = "yes", [false] = "no" }
local function f(a, b) return upv[a < b] end
return f(1, 2)
