-- TRIES: lengths whose product is more than an int.
-- HOST MUST: refuse before any work.
-- EXPECT: ERR.*memory limit
-- STATUS: memory
return ("xy"):rep(math.maxinteger)
