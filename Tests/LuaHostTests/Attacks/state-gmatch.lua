-- TRIES: an iterator that remembers where it was.
-- HOST MUST: refuse iterators that outlive the load.
-- EXPECT: ERR.*(read-only|state is limited to one row)
local it = ("1 2 3 4 5 6 7 8 9"):gmatch("%d")
function fee(row) return tonumber(it() or 0) end
