-- TRIES: the overflow inside the handler of an error.
-- HOST MUST: pass it on.
-- EXPECT: ERR stack overflow: functions that are called by operators
-- STATUS: memory
local function handler(m) return xpcall(error, handler, m) end
local ok, message = pcall(xpcall, error, handler, "x")
return "PWNED"
