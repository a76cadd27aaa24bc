-- TRIES: the same through a global.
-- HOST MUST: count its instructions all the same.
-- EXPECT: ERR.*instruction limit
-- STATUS: instructions
t = setmetatable({}, { __add = function() while true do end end })
function fee(row) return t + 1 end
