-- TRIES: the order of keys, which differs from run to run in the stock library.
-- HOST MUST: give one order.
-- EXPECT: OK.*SAFE 1 2 a b c
local names, t = {}, { c = 1, a = 2, 5, b = 3, 6 }
for k in pairs(t) do names[#names + 1] = tostring(k) end
return "SAFE " .. table.concat(names, " ")
