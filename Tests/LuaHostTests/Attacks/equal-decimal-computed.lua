-- TRIES: a decimal against a number that is computed, on either side, in a helper of a helper.
-- HOST MUST: raise.
-- EXPECT: ERR a decimal never equals a number in Lua: write eq\(a, b\)
local function same(a, b) return a == b end
local function check(f, ...) return f(...) end
function fee(row) return check(same, row.id * 2, row.price) and 1 or 2 end
