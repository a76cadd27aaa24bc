-- TRIES: table.pack and unpack as amplifiers.
-- HOST MUST: refuse what the stack cannot hold.
-- EXPECT: ERR.*(limit|too many)
local t = {}
for i = 1, 9000 do t[i] = i end
local function many(...) return select("#", ...) end
while true do t = table.pack(table.unpack(t), table.unpack(t)) t[#t + 1] = 1 if many(table.unpack(t)) > 9e9 then break end end
