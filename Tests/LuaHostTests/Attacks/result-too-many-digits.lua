-- TRIES: a third of a cent.
-- HOST MUST: refuse it and say how to round.
-- EXPECT: ERR.*decimals.*round
function fee(row) return decimal("0.001") end
