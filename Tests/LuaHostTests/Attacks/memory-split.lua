-- TRIES: a host function that makes a million pieces.
-- HOST MUST: refuse them.
-- EXPECT: ERR.*(limit|more than)
return len(split((","):rep(1000000), ","))
