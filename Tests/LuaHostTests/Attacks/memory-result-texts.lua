-- TRIES: one long text a thousand times in a result.
-- HOST MUST: count what is copied out.
-- EXPECT: ERR.*(limit|result)
local s, t = ("x"):rep(900000), {}
for i = 1, 1000 do t[i] = s end
return t
