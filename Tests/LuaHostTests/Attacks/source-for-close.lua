-- TRIES: a fourth value of a generic for, which is closed.
-- HOST MUST: refuse it.
-- EXPECT: ERR.*(to-be-closed|non-closable)
for k in pairs({ 1 }), nil, nil, setmetatable({}, {}) do break end
return "SAFE"
