-- TRIES: a handler that raises nil.
-- HOST MUST: give clean text.
-- EXPECT: ERR.*nil
xpcall(error, function() error() end)
