-- TRIES: an environment of its own, whose globals would stay writable.
-- HOST MUST: freeze it with the functions that use it.
-- EXPECT: ERR.*(read-only|state is limited to one row)
local _ENV = { n = 0 }
local function fee(row) n = n + 1 return n end
return { fee = fee, now = fee({}) }
