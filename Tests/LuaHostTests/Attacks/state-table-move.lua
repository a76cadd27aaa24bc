-- TRIES: to move into a frozen list.
-- HOST MUST: refuse.
-- EXPECT: ERR.*read-only
local t = { 0 }
function fee(row) table.move({ 5 }, 1, 1, 1, t) return t[1] end
