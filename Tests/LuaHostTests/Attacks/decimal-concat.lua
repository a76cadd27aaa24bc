-- TRIES: .. on a decimal, which this library cannot be trusted with.
-- HOST MUST: raise, and name tostring.
-- EXPECT: ERR.*concatenate.*tostring
function fee(row) return #("x" .. row.price) end
