-- TRIES: assert with a table for a message.
-- HOST MUST: give clean text.
-- EXPECT: ERR.*table
assert(false, {})
