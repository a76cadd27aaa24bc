-- TRIES: two values where one is declared.
-- HOST MUST: refuse the arity.
-- EXPECT: ERR.*result
-- STATUS: result
function fee(row) return 1, 2 end
