-- TRIES: to reach the real environment.
-- HOST MUST: show a copy without a way back.
-- EXPECT: OK|ERR
local e = _ENV
local ok = pcall(function() e.string.rep = nil end)
return "SAFE " .. tostring(ok)
