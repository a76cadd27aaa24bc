-- TRIES: to call a decimal.
-- HOST MUST: raise.
-- EXPECT: ERR.*call
function fee(row) return row.price() end
