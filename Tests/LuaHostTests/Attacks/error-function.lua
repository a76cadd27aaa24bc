-- TRIES: a function as an error.
-- HOST MUST: give clean text without an address.
-- EXPECT: ERR.*function$
error(function() end)
