-- TRIES: the comparison in a module that is required.
-- HOST MUST: raise with the module's line.
-- EXPECT: ERR a decimal never equals a number in Lua
local same = require("comparing")
function fee(row) return same(row.price, 1) and 1 or 2 end
