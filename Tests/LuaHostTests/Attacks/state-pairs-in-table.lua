-- TRIES: an iterator kept in a table.
-- HOST MUST: refuse it there as well.
-- EXPECT: ERR.*(read-only|state is limited to one row)
local kept = { following = pairs({ 10, 20, 30 }) }
function fee(row) return kept.following() or 0 end
