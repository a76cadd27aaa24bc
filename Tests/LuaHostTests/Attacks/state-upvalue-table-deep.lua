-- TRIES: a counter seven tables deep.
-- HOST MUST: freeze all that is reached.
-- EXPECT: ERR.*(read-only|state is limited to one row)
local t = { a = { b = { c = { d = { e = { f = { n = 0 } } } } } } }
function fee(row) local f = t.a.b.c.d.e.f f.n = f.n + 1 return f.n end
