-- TRIES: a replacement function that asks gsub again for longer and longer texts.
-- HOST MUST: charge matching as it goes.
-- EXPECT: ERR.*(limit|overflow)
local s = ("a"):rep(2000)
local function f(x) return (x:gsub("a*", f)) end
return #s:gsub("a", function(c) return s:gsub("a", "bb") end)
