-- TRIES: a decimal times NaN.
-- HOST MUST: raise.
-- EXPECT: ERR.*15 digits
function fee(row) return row.price * (0 / 0) end
