-- TRIES: a column that is not there.
-- HOST MUST: raise, naming it.
-- EXPECT: ERR.*no column.*nope
function fee(row) return row.nope end
