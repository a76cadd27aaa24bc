-- TRIES: a decimal plus a text that looks like a number.
-- HOST MUST: raise: texts are no numbers.
-- EXPECT: ERR.*(add|string)
function fee(row) return row.price + "1" end
