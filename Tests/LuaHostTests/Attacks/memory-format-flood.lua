-- TRIES: the widest conversions, many in one format.
-- HOST MUST: refuse widths of three digits and count the rest.
-- EXPECT: ERR.*(invalid conversion|limit)
local spec = ("%99.99f"):rep(1000)
local args = {}
for i = 1, 250 do args[i] = 1e308 end
return #string.format(("%999d"):rep(10), table.unpack(args))
