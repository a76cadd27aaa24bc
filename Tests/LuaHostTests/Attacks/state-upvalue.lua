-- TRIES: a counter in a local of the file.
-- HOST MUST: refuse the file: rows are pure.
-- EXPECT: ERR.*read-only
-- STATUS: syntax
local n = 0
function fee(row) n = n + 1 return n end
