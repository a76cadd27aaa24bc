-- TRIES: select over many values in a loop.
-- HOST MUST: charge by the values.
-- EXPECT: ERR.*limit
local t = {}
for i = 1, 9000 do t[i] = i end
while true do local x = select(-1, table.unpack(t)) end
