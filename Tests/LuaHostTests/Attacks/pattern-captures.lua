-- TRIES: more captures than there is room for.
-- HOST MUST: raise.
-- EXPECT: ERR.*too many captures
return ("x"):rep(100):match(("(x)"):rep(40))
