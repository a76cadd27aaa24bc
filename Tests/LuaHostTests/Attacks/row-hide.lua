-- TRIES: to pass the row to the host.
-- HOST MUST: refuse.
-- EXPECT: ERR.*row
function fee(row) return eq(row, 1) and 1 or 2 end
