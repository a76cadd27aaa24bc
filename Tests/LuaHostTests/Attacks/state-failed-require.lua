-- TRIES: to leave the file loading, so that globals can be set.
-- HOST MUST: end loading with the file, however it ends.
-- EXPECT: ERR.*(read-only|state is limited to one row)
function fee(row) pcall(require, "broken") seen = (seen or 0) + 1 return seen end
