-- TRIES: to sort a frozen list in place.
-- HOST MUST: refuse.
-- EXPECT: ERR.*read-only
local t = { 3, 1, 2 }
function fee(row) table.sort(t) return t[1] end
