-- TRIES: the frontier at both ends, and with zero bytes.
-- HOST MUST: match as the manual says.
-- EXPECT: OK.*SAFE 1 4 2
return "SAFE " .. ("abc"):find("%f[%a]") .. " " .. ("abc"):find("%f[\0]") .. " " .. ("\0a"):find("%f[%a]")
