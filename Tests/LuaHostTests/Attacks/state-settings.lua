-- TRIES: to write into the settings, which all rows share.
-- HOST MUST: refuse.
-- EXPECT: ERR.*read-only
function fee(row) settings.n = 1 return 1 end
