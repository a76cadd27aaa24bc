-- TRIES: a decimal as a key: equal numbers would be unlike keys.
-- HOST MUST: raise where the order of keys is asked for.
-- EXPECT: ERR.*key
function fee(row) local t = { [row.price] = 1 } for k in pairs(t) do end return 1 end
