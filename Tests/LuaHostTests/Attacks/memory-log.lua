-- TRIES: a flood of log lines.
-- HOST MUST: cut it: what is kept has a limit, and the steps run out.
-- EXPECT: ERR.*instruction limit
-- STATUS: instructions
while true do log(("x"):rep(10000)) end
