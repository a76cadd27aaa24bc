-- TRIES: the separator as the amplifier.
-- HOST MUST: count it.
-- EXPECT: ERR.*memory limit
-- STATUS: memory
return ("x"):rep(100000, ("s"):rep(1000))
