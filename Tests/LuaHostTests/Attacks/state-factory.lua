-- TRIES: a counter in a local of a function that has returned, which only its closure holds.
-- HOST MUST: refuse what outlives the load and assigns to a local around it.
-- EXPECT: ERR.*travel between rows
-- STATUS: syntax
local function make()
  local n = 0
  return function(row) n = n + 1 return n end
end
fee = make()
