-- TRIES: products past 38 digits.
-- HOST MUST: raise, never wrap.
-- EXPECT: ERR.*38
local x = decimal("99999999999999999999")
function fee(row) return x * x * x end
