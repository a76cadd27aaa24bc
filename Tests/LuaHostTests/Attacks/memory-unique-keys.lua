-- TRIES: a table with ever new short texts.
-- HOST MUST: stop.
-- EXPECT: ERR.*limit
local t = {}
for i = 1, 1e9 do t["k" .. i] = i end
