-- TRIES: true as an amount.
-- HOST MUST: refuse the type.
-- EXPECT: ERR.*(boolean|result)
-- STATUS: result
function fee(row) return true end
