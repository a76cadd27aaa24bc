-- TRIES: an error text as long as may be, raised again and again.
-- HOST MUST: keep messages short.
-- EXPECT: ERR.{1,700}$
error(("x"):rep(900000))
