-- TRIES: a replacement of captures, each as long as the text.
-- HOST MUST: refuse one block too large.
-- EXPECT: ERR.*(memory|instruction) limit
local s = ("x"):rep(5000)
return #(s:gsub("(x*)", ("%1"):rep(1000)))
