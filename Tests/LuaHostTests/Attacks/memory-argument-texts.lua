-- TRIES: the same as an argument of a host function.
-- HOST MUST: count it as well.
-- EXPECT: ERR.*limit
local s, t = ("x"):rep(900000), {}
for i = 1, 1000 do t[i] = s end
return one_of(1, t)
