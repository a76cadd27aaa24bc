-- TRIES: NaN as a key.
-- HOST MUST: raise as Lua does.
-- EXPECT: ERR.*NaN
local t = {} t[0 / 0] = 1
