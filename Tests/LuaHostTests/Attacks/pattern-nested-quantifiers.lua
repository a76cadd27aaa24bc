-- TRIES: a pattern of nested optional parts.
-- HOST MUST: charge each step.
-- EXPECT: ERR.*(instruction limit|too complex)
return (("a"):rep(40) .. "b"):match(("a?"):rep(40) .. ("a"):rep(40) .. "c$")
