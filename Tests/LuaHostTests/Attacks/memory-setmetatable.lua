-- TRIES: a copied metatable for each of many tables.
-- HOST MUST: stop.
-- EXPECT: ERR.*limit
local t, mt = {}, { __index = function() end, __add = function() end }
for i = 1, 1e9 do t[i] = setmetatable({}, mt) end
