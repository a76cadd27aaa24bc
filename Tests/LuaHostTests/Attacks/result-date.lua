-- TRIES: a date as an amount.
-- HOST MUST: refuse the type.
-- EXPECT: ERR.*(date|result)
-- STATUS: result
function fee(row) return row.day end
