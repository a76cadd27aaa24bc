-- TRIES: the same through arithmetic on the table.
-- HOST MUST: freeze what every metamethod holds.
-- EXPECT: ERR.*(read-only|state is limited to one row)
local hidden = { n = 0 }
local box = setmetatable({}, { __add = function(_, x) hidden.n = hidden.n + x return hidden.n end })
function fee(row) return box + 1 end
