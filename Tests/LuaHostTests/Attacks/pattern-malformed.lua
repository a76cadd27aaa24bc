-- TRIES: patterns that end in the middle of something.
-- HOST MUST: raise for each.
-- EXPECT: OK.*SAFE 12
local n = 0
for _, p in ipairs { "%", "[", "[^", "[]", "[a", "[a-", "[%", "(", ")", "%b", "%bx", "%f" } do
  if not pcall(string.match, "abc", p) then n = n + 1 end
end
return "SAFE " .. n
