-- TRIES: a loop made of a jump alone.
-- HOST MUST: see that it goes back.
-- EXPECT: ERR.*instruction limit
-- STATUS: instructions
function fee(row) ::top:: goto top end
