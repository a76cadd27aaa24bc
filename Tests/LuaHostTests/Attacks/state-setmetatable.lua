-- TRIES: a new metatable on a frozen table.
-- HOST MUST: refuse.
-- EXPECT: ERR.*read-only
local t = {}
function fee(row) setmetatable(t, { __index = function() return 7 end }) return t.x end
