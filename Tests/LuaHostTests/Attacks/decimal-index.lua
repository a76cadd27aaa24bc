-- TRIES: fields of a decimal.
-- HOST MUST: raise.
-- EXPECT: ERR.*index
function fee(row) return row.price.x end
