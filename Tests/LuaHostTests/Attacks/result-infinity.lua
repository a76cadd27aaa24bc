-- TRIES: 1/0 as an amount.
-- HOST MUST: refuse the value.
-- EXPECT: ERR.*infinity
function fee(row) return 1 / 0 end
