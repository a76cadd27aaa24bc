-- TRIES: a comparator that fails halfway.
-- HOST MUST: raise, and leave the list whole.
-- EXPECT: OK.*SAFE 5
local t = { 5, 3, 1, 4, 2 }
pcall(table.sort, t, function(a, b) if a == 1 then error("x") end return a < b end)
return "SAFE " .. #t
