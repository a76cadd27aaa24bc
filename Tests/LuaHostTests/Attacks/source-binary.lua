Lua
-- TRIES: a file that begins like a compiled one.
-- HOST MUST: load text only.
-- EXPECT: ERR.*binary
-- STATUS: syntax
