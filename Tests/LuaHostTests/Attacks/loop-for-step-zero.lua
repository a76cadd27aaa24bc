-- TRIES: a step of zero.
-- HOST MUST: raise.
-- EXPECT: ERR.*step.*zero
for i = 1, 10, 0 do end
