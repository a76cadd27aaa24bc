-- TRIES: %p, %a and %n.
-- HOST MUST: refuse them.
-- EXPECT: OK.*SAFE 3
local n = 0
for _, f in ipairs { "%p", "%a", "%n" } do if not pcall(string.format, f, {}) then n = n + 1 end end
return "SAFE " .. n
