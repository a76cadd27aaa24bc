-- TRIES: captures nested so that matching recurses.
-- HOST MUST: raise before the stack ends.
-- EXPECT: OK|ERR.*(complex|captures)
return #("x"):rep(300):match(("x?"):rep(300))
