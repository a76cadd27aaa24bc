-- TRIES: a decimal plus a date.
-- HOST MUST: raise.
-- EXPECT: ERR.*add
function fee(row) return row.price + row.day end
