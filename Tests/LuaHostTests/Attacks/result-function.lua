-- TRIES: a function as an amount.
-- HOST MUST: refuse the type.
-- EXPECT: ERR.*(function|result)
-- STATUS: result
function fee(row) return print or fee end
