-- TRIES: names that the host might use for the comparison, redefined.
-- HOST MUST: raise all the same.
-- EXPECT: ERR a decimal never equals a number in Lua
local _ENV = { eq = function() return true end, rawequal = function() return true end, pcall = pcall }
local function fee(row) local t = { row.price } return t[1] == 1 and 1 or 2 end
return { fee = fee }
