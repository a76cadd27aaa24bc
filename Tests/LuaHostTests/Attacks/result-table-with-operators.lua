-- TRIES: a table that pretends to be a number.
-- HOST MUST: refuse the type, without calling its operators.
-- EXPECT: ERR.*(table|result)
-- STATUS: result
function fee(row) return setmetatable({}, { __index = function() while true do end end, __unm = function() return 1 end }) end
