-- TRIES: a float with more than 15 digits.
-- HOST MUST: refuse it.
-- EXPECT: ERR.*15 digits
function fee(row) return (row.one + 0.0) / 3 end
