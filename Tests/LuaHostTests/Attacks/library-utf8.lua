-- TRIES: surrogates, overlong forms and what lies past the last character.
-- HOST MUST: find none valid.
-- EXPECT: OK.*SAFE 5
local n = 0
for _, s in ipairs { "\xED\xA0\x80", "\xC0\x80", "\xE0\x80\x80", "\xF4\x90\x80\x80", "\x80" } do if not utf8.len(s) then n = n + 1 end end
return "SAFE " .. n
