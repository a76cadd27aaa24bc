-- TRIES: a date against a number, in the condition of a loop.
-- HOST MUST: raise.
-- EXPECT: ERR a date never equals a number in Lua
function fee(row) local t = { day = row.day } repeat t.n = (t.n or 0) + 1 until t.day ~= t.n return t.n end
