-- TRIES: an error with a zero byte and more behind it.
-- HOST MUST: show what follows or cut it cleanly.
-- EXPECT: ERR.*first
error("first\0second")
