-- TRIES: the same, found by the host under the name fee.
-- HOST MUST: not find it, or freeze it.
-- EXPECT: OK|ERR
local own = { n = 0 }
local function count() local _ENV = own n = n + 1 return n end
function fee(row) return count() end
