-- TRIES: addresses of tables and functions in texts.
-- HOST MUST: show none.
-- EXPECT: OK.*SAFE table function table
return "SAFE " .. tostring({}) .. " " .. tostring(print or type) .. " " .. string.format("%s", {})
