-- TRIES: a date out of a table against a text that looks like one.
-- HOST MUST: raise.
-- EXPECT: ERR a date never equals a string in Lua: make the text a date
function fee(row) local t = { day = row.day } return t.day == "2024-01-01" and 1 or 2 end
