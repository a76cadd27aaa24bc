-- TRIES: a replacement that refers to what is not there.
-- HOST MUST: raise.
-- EXPECT: OK.*SAFE 3
local n = 0
for _, r in ipairs { "%2", "%", "%x" } do if not pcall(string.gsub, "abc", "(b)", r) then n = n + 1 end end
return "SAFE " .. n
