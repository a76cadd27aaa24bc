-- TRIES: to catch the overflow and go on.
-- HOST MUST: pass it on.
-- EXPECT: ERR.*(overflow|limit)
local function f(n) return 1 + f(n + 1) end
for i = 1, 100 do pcall(f, 1) end
return "PWNED"
