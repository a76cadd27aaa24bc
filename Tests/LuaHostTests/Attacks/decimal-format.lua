-- TRIES: exotic conversions of a decimal.
-- HOST MUST: raise or show every digit.
-- EXPECT: OK.*SAFE 12.50.*|ERR.*number expected
local x = decimal("12.5")
return "SAFE " .. string.format("%.2f|%8.1f|%-8s|", x, x, x) .. string.format("%s", x)
