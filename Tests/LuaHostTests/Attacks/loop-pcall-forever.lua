-- TRIES: to go on after each caught limit.
-- HOST MUST: pass limits on through pcall and xpcall.
-- EXPECT: ERR.*instruction limit
-- STATUS: instructions
local function spin() while true do end end
while true do pcall(pcall, xpcall, spin, spin) end
