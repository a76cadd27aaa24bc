-- TRIES: an __lt without an end, called by sort.
-- HOST MUST: stop it.
-- EXPECT: ERR.*(overflow|limit)
-- STATUS: instructions
local mt = { __lt = function() while true do end end }
table.sort({ setmetatable({}, mt), setmetatable({}, mt) })
