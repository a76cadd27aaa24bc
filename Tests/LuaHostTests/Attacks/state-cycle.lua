-- TRIES: a frozen table that contains itself.
-- HOST MUST: end, and stay read-only.
-- EXPECT: ERR.*(read-only|state is limited to one row)
local t = {} t.self = t
function fee(row) t.self.self.n = 1 return 1 end
