-- TRIES: an __index that asks itself through another table.
-- HOST MUST: end in an error, not in a crash.
-- EXPECT: ERR.*(overflow|limit)
local a, b = {}, {}
setmetatable(a, { __index = function(_, k) return b[k] end })
setmetatable(b, { __index = function(_, k) return a[k] end })
return a.x
