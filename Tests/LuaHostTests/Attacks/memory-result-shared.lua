-- TRIES: a value of few tables that is seen as very many from outside.
-- HOST MUST: bound what a value becomes outside Lua.
-- EXPECT: ERR.*limit
local t = { ("x"):rep(1000) }
for i = 1, 24 do t = { t, t } end
return t
