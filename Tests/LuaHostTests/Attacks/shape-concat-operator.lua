-- TRIES: an operator for .., which frees memory in use in this library.
-- HOST MUST: drop the operator.
-- EXPECT: ERR.*concatenate
local t = setmetatable({}, { __concat = function(a, b) local function grow(n) if n > 0 then return grow(n - 1) + 1 end return 1 end grow(200) return "x" end })
return "a" .. "b" .. t .. "c"
