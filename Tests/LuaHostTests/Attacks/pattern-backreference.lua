-- TRIES: a reference to a capture that is still open, or does not exist.
-- HOST MUST: raise.
-- EXPECT: OK.*SAFE 3
local n = 0
for _, p in ipairs { "(a%1)", "%1", "%9" } do if not pcall(string.find, "aa", p) then n = n + 1 end end
return "SAFE " .. n
