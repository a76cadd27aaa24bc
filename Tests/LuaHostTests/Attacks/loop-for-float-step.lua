-- TRIES: a float step too small to move on.
-- HOST MUST: stop it.
-- EXPECT: ERR.*instruction limit
-- STATUS: instructions
for x = 1e16, 1e16 + 10, 0.1 do end
