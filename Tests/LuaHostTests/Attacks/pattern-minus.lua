-- TRIES: lazy repetitions that start over at each place.
-- HOST MUST: charge each step.
-- EXPECT: ERR.*instruction limit
-- STATUS: instructions
return ("x"):rep(5000):find(".-.-.-y")
