-- TRIES: integer for loops that end at the largest int; they must end and not wrap.
-- HOST MUST: run them as the manual says.
-- EXPECT: OK.*SAFE 3 2 0
local a, b, c = 0, 0, 0
for i = math.maxinteger - 2, math.maxinteger do a = a + 1 end
for i = math.mininteger + 1, math.mininteger, -1 do b = b + 1 end
for i = math.maxinteger, math.mininteger do c = c + 1 end
return "SAFE " .. a .. " " .. b .. " " .. c
