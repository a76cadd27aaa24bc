-- TRIES: a search that is quadratic where it is naive.
-- HOST MUST: search in linear time.
-- EXPECT: OK.*SAFE false
local part = ("a"):rep(100000) .. "b"
return "SAFE " .. tostring(contains(("a"):rep(300000), part))
