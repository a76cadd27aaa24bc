-- TRIES: to keep a value where every text finds it.
-- HOST MUST: refuse: methods of texts are the library itself.
-- EXPECT: ERR.*read-only
function fee(row) local lib = ("").rep and string lib.kept = 1 return 1 end
