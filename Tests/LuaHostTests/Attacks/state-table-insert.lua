-- TRIES: to append to a frozen list with table.insert.
-- HOST MUST: refuse: library functions write by the same rule.
-- EXPECT: ERR.*read-only
local t = {}
function fee(row) table.insert(t, 1) return #t end
