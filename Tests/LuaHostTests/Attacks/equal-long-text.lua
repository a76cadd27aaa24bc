-- TRIES: a date against a text of more bytes than Lua keeps once.
-- HOST MUST: raise.
-- EXPECT: ERR a date never equals a string in Lua
local t = {}
function fee(row)
  local day = ({ row.day })[1]
  if day == "a text that is longer than the forty bytes that short texts have" then return 1 end
  return 2
end
