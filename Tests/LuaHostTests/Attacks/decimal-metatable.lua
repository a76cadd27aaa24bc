-- TRIES: to set a metatable on a decimal.
-- HOST MUST: raise.
-- EXPECT: ERR.*table expected
function fee(row) setmetatable(row.price, {}) return 1 end
