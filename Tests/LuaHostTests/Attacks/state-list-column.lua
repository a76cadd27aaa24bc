-- TRIES: to change the list of a row and see it in the next.
-- HOST MUST: give each row its own list.
-- EXPECT: OK.*fee=2
function fee(row) row.tags[#row.tags + 1] = "x" return #row.tags - 1 end
