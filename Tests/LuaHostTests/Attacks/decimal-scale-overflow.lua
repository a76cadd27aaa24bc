-- TRIES: products of ever smaller factors.
-- HOST MUST: raise.
-- EXPECT: ERR.*38
local x = decimal("0.0000000001")
function fee(row) return x * x * x * x end
