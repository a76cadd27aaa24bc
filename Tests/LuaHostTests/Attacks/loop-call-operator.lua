-- TRIES: __call chains that never reach a function.
-- HOST MUST: end in an error.
-- EXPECT: ERR.*(overflow|limit|call)
local t = {}
for i = 1, 400 do t = setmetatable({}, { __call = t.x or t }) end
return t()
