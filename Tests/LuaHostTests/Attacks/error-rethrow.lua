-- TRIES: an error rethrown through fifty handlers.
-- HOST MUST: end.
-- EXPECT: ERR.*deep
local f = function() error("deep") end
for i = 1, 50 do local g = f f = function() local ok, e = xpcall(g, function(e) return e end) error(e, 0) end end
f()
