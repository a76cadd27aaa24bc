-- TRIES: randomness and the clock.
-- HOST MUST: offer none.
-- EXPECT: OK.*SAFE nil nil
return "SAFE " .. tostring(math.random) .. " " .. tostring(_ENV.os)
