-- TRIES: a new closure for each call of the host, which would be kept for ever.
-- HOST MUST: take no functions as arguments.
-- EXPECT: ERR.*(limit|function)
for i = 1, 1e7 do eq(function() return i end, i) end
