-- TRIES: operators that loop: __le, __len, __unm, each caught.
-- HOST MUST: pass the limit through every pcall.
-- EXPECT: ERR.*instruction limit
-- STATUS: instructions
local function spin() while true do end end
local t = setmetatable({}, { __le = spin, __len = spin, __unm = spin })
pcall(function() return #t end) pcall(function() return -t end) pcall(function() return t <= t end)
return "PWNED"
