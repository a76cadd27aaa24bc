-- TRIES: a decimal as an error.
-- HOST MUST: give clean text.
-- EXPECT: ERR.*decimal
error(decimal("1.5"))
