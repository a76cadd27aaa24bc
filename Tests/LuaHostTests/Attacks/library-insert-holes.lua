-- TRIES: positions outside the list.
-- HOST MUST: raise.
-- EXPECT: ERR.*bounds
table.insert({ 1, 2 }, 9, 3)
