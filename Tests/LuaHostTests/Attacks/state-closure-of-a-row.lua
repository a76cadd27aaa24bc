-- TRIES: a counter that lives in one row.
-- HOST MUST: leave what is made and dropped within the row alone.
-- EXPECT: OK.*fee=3
local function counter() local n = 0 return function() n = n + 1 return n end end
function fee(row) local next = counter() next() next() return next() end
