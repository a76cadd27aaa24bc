-- TRIES: finalizers and weak tables.
-- HOST MUST: drop them.
-- EXPECT: OK.*SAFE 0
local t = { n = 0 }
for i = 1, 2000 do setmetatable({}, { __gc = function() t.n = t.n + 1 end, __mode = "k" }) end
return "SAFE " .. t.n
