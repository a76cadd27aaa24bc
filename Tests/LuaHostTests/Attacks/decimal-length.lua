-- TRIES: the length of a decimal.
-- HOST MUST: raise.
-- EXPECT: ERR.*length
function fee(row) return #row.price end
