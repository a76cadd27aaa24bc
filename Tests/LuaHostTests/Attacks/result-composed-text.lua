-- TRIES: two spellings of one letter, equal only after normalisation.
-- HOST MUST: compare bytes, as Lua does.
-- EXPECT: OK.*SAFE false false
local a, b = "\u{E9}", "e\u{301}"
return "SAFE " .. tostring(eq(a, b)) .. " " .. tostring(a == b)
