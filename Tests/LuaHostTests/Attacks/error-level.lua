-- TRIES: levels of error that lie beyond the stack.
-- HOST MUST: give clean text.
-- EXPECT: ERR.*x
error("x", 9007199254740993)
