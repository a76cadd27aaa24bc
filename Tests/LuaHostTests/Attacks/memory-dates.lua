-- TRIES: nearly every day there is.
-- HOST MUST: bound what host functions make.
-- EXPECT: ERR.*(more than|limit)
return #dates(date(1, 1, 1), date(9999, 12, 31), "day")
