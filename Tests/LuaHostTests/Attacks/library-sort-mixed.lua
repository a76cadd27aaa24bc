-- TRIES: numbers, texts, decimals and nil in one sort.
-- HOST MUST: raise.
-- EXPECT: ERR.*compare
table.sort({ 1, "a", decimal("2"), {}, true })
