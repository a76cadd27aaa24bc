-- TRIES: -0.0 as an amount.
-- HOST MUST: refuse the value.
-- EXPECT: ERR.*negative zero
function fee(row) return -0.0 * row.one end
