-- TRIES: a text in Latin 1 from a file.
-- HOST MUST: refuse it: it is no UTF-8.
-- EXPECT: ERR.*UTF-8
-- STATUS: result
return { name = "caf\233" }
