-- TRIES: concat of a list behind operators.
-- HOST MUST: read entries alone.
-- EXPECT: ERR.*concat joins
return table.concat(setmetatable({}, { __index = function() return "x" end, __len = function() return 1e9 end }), "", 1, 5)
