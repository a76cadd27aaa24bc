-- TRIES: zero bytes in text, pattern and set.
-- HOST MUST: treat them as any byte.
-- EXPECT: OK.*SAFE 2 3
return "SAFE " .. ("a\0b"):find("\0") .. " " .. ("a\0b"):find("[^a\0]")
