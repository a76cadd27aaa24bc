-- TRIES: sums whose parts have more than 38 digits together, and whose value does not.
-- HOST MUST: give the exact value.
-- EXPECT: OK.*SAFE 0.01 -0.01 12
local a, b = decimal("1000000000000000000000000000000000000"), decimal("999999999999999999999999999999999999.99")
return "SAFE " .. tostring(a - b) .. " " .. tostring(b - a) .. " " .. tostring(decimal("12.00000000000000000000") * decimal("1.00000000000000000000"))
