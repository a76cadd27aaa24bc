-- TRIES: bitwise operators on a decimal.
-- HOST MUST: raise.
-- EXPECT: ERR.*bitwise
function fee(row) return row.price | 1 end
