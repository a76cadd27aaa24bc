-- TRIES: doubling with .. until something breaks.
-- HOST MUST: refuse one block too large.
-- EXPECT: ERR.*memory limit
-- STATUS: memory
local s = "x"
while true do s = s .. s end
