-- TRIES: a replacement a thousand times its match.
-- HOST MUST: refuse one block too large.
-- EXPECT: ERR.*(memory|instruction) limit
return #(("x"):rep(100000):gsub("x", ("y"):rep(1000)))
