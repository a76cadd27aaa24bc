-- TRIES: a flood of log lines.
-- HOST MUST: cut it.
-- EXPECT: ERR.*output limit
-- STATUS: memory
while true do log(("x"):rep(10000)) end
