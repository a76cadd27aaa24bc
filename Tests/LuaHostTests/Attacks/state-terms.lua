-- TRIES: to keep the row and read it after its batch, and to write to the library.
-- EXPECT: ERR.*read-only
function fee(row) string.format = nil return 1 end
