-- TRIES: a decimal against a text.
-- HOST MUST: raise.
-- EXPECT: ERR a decimal never equals a string in Lua: make the text a number
function fee(row) local t = { p = row.price } return t.p == "0.01" and 1 or 2 end
