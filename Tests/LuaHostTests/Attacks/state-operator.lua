-- TRIES: a table that only an operator of a kept table reaches.
-- HOST MUST: freeze what metamethods hold.
-- EXPECT: ERR.*(read-only|state is limited to one row)
local hidden = { n = 0 }
local box = setmetatable({}, { __call = function() hidden.n = hidden.n + 1 return hidden.n end })
function fee(row) return box() end
