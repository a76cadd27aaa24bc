-- TRIES: the same with the iterator of pairs.
-- HOST MUST: refuse iterators that outlive the load.
-- EXPECT: ERR.*(read-only|state is limited to one row)
local following = pairs({ 10, 20, 30 })
function fee(row) return following() or 0 end
