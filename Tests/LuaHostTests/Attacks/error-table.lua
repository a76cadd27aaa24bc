-- TRIES: a table as an error, whose operators loop.
-- HOST MUST: not call them.
-- EXPECT: ERR.*table
error(setmetatable({}, { __index = function() while true do end end, __metatable = "x" }))
