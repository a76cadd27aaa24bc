-- TRIES: operators for the row.
-- HOST MUST: refuse.
-- EXPECT: ERR.*table expected
function fee(row) setmetatable(row, { __index = function() return 1 end }) return 1 end
