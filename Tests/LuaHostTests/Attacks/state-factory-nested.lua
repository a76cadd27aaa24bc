-- TRIES: the assignment two functions deeper than the local.
-- HOST MUST: follow the chain of upvalues.
-- EXPECT: ERR.*travel between rows
-- STATUS: syntax
local function make()
  local n = 0
  return function(row)
    local function inner() return (function() n = n + 1 return n end)() end
    return inner()
  end
end
fee = make()
