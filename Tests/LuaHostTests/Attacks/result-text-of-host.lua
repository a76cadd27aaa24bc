-- TRIES: a text that is no UTF-8 as an argument of the host, where two such texts would become equal.
-- HOST MUST: refuse it.
-- EXPECT: ERR.*UTF-8
return eq("\255", "\254")
