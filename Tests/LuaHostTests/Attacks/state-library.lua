-- TRIES: to put a function into the library for other files.
-- HOST MUST: refuse: tables of the library are read-only.
-- EXPECT: ERR.*read-only
string.trim = function() return "x" end
return 1
