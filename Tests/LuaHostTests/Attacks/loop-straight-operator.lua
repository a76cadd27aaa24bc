-- TRIES: a function without loop or call that reaches a loop through an operator of an outer table.
-- HOST MUST: count its instructions all the same.
-- EXPECT: ERR.*instruction limit
-- STATUS: instructions
local t = setmetatable({}, { __index = function() while true do end end })
function fee(row) return t.x end
