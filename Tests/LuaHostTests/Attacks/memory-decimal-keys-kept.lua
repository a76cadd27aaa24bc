-- TRIES: to keep keys until no memory is left.
-- HOST MUST: stop at the limit.
-- EXPECT: ERR.*(limit)
local t, d = {}, decimal(1)
while true do
  d = d + 1
  t[d] = true
end
