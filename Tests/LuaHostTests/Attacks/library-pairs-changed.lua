-- TRIES: to change the table while pairs walks over it.
-- HOST MUST: end, and see no key that is gone.
-- EXPECT: OK.*SAFE 1
local t, n = { a = 1, b = 2, c = 3 }, 0
for k in pairs(t) do n = n + 1 t.a, t.b, t.c = nil, nil, nil t[k .. "x"] = 1 end
return "SAFE " .. n
