-- TRIES: to count in a table under the row.
-- HOST MUST: freeze the table.
-- EXPECT: ERR.*(read-only|state is limited to one row)
local seen = {}
function fee(row) seen[row] = true return 1 end
