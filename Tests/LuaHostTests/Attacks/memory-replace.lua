-- TRIES: a host function that makes a text a million times longer.
-- HOST MUST: refuse the result before it is made.
-- EXPECT: ERR.*(limit|longer|more than)
local s = ("x"):rep(1000000)
return len(replace(s, "x", s))
