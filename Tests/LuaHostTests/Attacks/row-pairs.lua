-- TRIES: to walk over the columns of a row.
-- HOST MUST: refuse.
-- EXPECT: ERR.*table expected
function fee(row) for k in pairs(row) do end return 1 end
