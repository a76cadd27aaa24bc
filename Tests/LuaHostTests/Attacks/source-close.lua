-- TRIES: a variable that runs code when it goes out of scope.
-- HOST MUST: refuse it.
-- EXPECT: ERR.*to-be-closed
-- STATUS: syntax
do local x <close> = nil end
