-- TRIES: error handlers that fail and loop.
-- HOST MUST: give no fresh budget to handlers.
-- EXPECT: ERR.*instruction limit
-- STATUS: instructions
local function h(e) return xpcall(error, h, e) end
xpcall(error, function(e) while true do end end, "x")
return "SAFE"
