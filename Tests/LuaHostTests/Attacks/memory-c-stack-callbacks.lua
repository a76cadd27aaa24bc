-- TRIES: the same through gsub, sort and an operator by turns, each caught by xpcall.
-- HOST MUST: pass it on.
-- EXPECT: ERR stack overflow: functions that are called by operators
-- STATUS: memory
local down
local deep = setmetatable({}, { __index = function(t, key) return down(key + 1) end })
function down(n)
  local result
  if n % 3 == 0 then ("x"):gsub(".", function() result = down(n + 1) end)
  elseif n % 3 == 1 then table.sort({ 2, 1 }, function(a, b) result = result or down(n + 1) return a < b end)
  else result = deep[n] end
  return result
end
local ok, message = xpcall(down, function(m) return "PWNED " .. m end, 1)
return message
