-- TRIES: the same with a setter and a getter that share the local.
-- HOST MUST: refuse the setter, which the file keeps.
-- EXPECT: ERR.*travel between rows
-- STATUS: syntax
local function pair()
  local n = 0
  return function() n = n + 1 end, function() return n end
end
local up, get = pair()
function fee(row) up() return get() end
