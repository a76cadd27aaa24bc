-- TRIES: to take from a frozen list.
-- HOST MUST: refuse.
-- EXPECT: ERR.*read-only
local t = { 1, 2, 3 }
function fee(row) return table.remove(t) end
