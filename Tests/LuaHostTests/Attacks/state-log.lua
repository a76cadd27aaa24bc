-- TRIES: to read what was logged before.
-- HOST MUST: have no way from log back to the script.
-- EXPECT: ERR.*(index|nil)
log("a")
return log("b").n
