-- TRIES: a loop of goto alone, inside pcall, inside a sort comparator.
-- HOST MUST: stop it.
-- EXPECT: ERR.*instruction limit
-- STATUS: instructions
table.sort({ 1, 2, 3 }, function(a, b) ::again:: pcall(type, a) goto again end)
