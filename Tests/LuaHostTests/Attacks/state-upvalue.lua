-- TRIES: a counter in a local of the file, which would travel between rows.
-- EXPECT: ERR.*read-only
local n = 0
function fee(row) n = n + 1 return n end
