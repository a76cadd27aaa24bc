-- TRIES: reject inside pcall.
-- HOST MUST: pass it on: the row is rejected.
-- EXPECT: ERR.*no good
function fee(row) pcall(reject, "no good") return 1 end
