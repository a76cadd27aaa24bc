-- TRIES: control characters and terminal commands in names of fields, shown in a traceback.
-- HOST MUST: clean what is shown.
-- EXPECT: ERR [^]*$
local t = {}
t["\27[2J\27[31m"] = function() error("\27[0m\194\155bad\7") end
t["\27[2J\27[31m"]()
