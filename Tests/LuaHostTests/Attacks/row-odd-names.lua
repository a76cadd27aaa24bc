-- TRIES: columns by names that are no texts, or very long.
-- HOST MUST: raise, shortly.
-- EXPECT: ERR.*(no column|nnn)
function fee(row) local x = pcall(function() return row[{}] end) return row[("n"):rep(3000)] end
