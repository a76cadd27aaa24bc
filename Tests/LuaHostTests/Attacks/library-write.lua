-- TRIES: to write to the library while rows run.
-- HOST MUST: refuse.
-- EXPECT: ERR.*read-only
function fee(row) string.format = nil return 1 end
