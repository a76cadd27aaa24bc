-- TRIES: a decimal against the constant of a float, by ~=.
-- HOST MUST: raise.
-- EXPECT: ERR a decimal never equals a number in Lua: write eq\(a, b\)
function fee(row) local t = { row.price } return t[1] ~= 0.25 and 1 or 2 end
