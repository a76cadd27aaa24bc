-- TRIES: a table that says it is protected, so that it is taken for one of the host.
-- HOST MUST: freeze it all the same.
-- EXPECT: ERR.*(read-only|state is limited to one row)
local s = setmetatable({ n = 0 }, { __metatable = false })
function fee(row) s.n = s.n + 1 return s.n end
