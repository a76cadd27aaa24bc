-- TRIES: an error of a script's own that has the text of the overflow.
-- HOST MUST: let it be caught: nothing is deep.
-- EXPECT: OK bool\(false\)
local ok = pcall(error, "C stack overflow", 0)
return ok
