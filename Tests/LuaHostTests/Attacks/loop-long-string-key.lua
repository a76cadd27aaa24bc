-- TRIES: a table whose key is a long text, asked for with another copy of it.
-- HOST MUST: stop by steps or by the clock.
-- EXPECT: ERR.*(limit|deadline)
local t = {}
t[("k"):rep(900000)] = 1
local k = ("k"):rep(899999) .. "k"
local n = 0
while true do n = n + t[k] end
