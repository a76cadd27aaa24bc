-- TRIES: a write that lands in another table.
-- HOST MUST: freeze the table behind __newindex.
-- EXPECT: ERR.*(read-only|state is limited to one row)
local log = {}
local s = setmetatable({}, { __newindex = function(_, k, v) log[1] = (log[1] or 0) + v end, __index = function() return log[1] or 0 end })
function fee(row) s.x = 1 return s.x end
