-- TRIES: an __eq that compares the same tables again.
-- HOST MUST: end in an error.
-- EXPECT: ERR.*(overflow|limit)
local mt = {}
mt.__eq = function(a, b) return a == b end
local a, b = setmetatable({}, mt), setmetatable({}, { __eq = mt.__eq })
return a == b
