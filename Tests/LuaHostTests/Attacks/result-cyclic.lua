-- TRIES: a table that contains itself.
-- HOST MUST: refuse it.
-- EXPECT: ERR.*(nested too deeply|contain themselves)
-- STATUS: result
local t = {} t[1] = t
return t
