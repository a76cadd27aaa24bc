-- TRIES: the ends of the integers in every function that takes positions.
-- HOST MUST: answer or raise; neither crash nor wrap.
-- EXPECT: OK.*SAFE
local ends = { math.mininteger, -1, 0, math.maxinteger }
local calls = {
  function(a, b) return ("hello"):sub(a, b) end, function(a, b) return ("hello"):byte(a, b) end,
  function(a, b) return ("hello"):find("l", a) end, function(a) return string.char(a) end,
  function(a) return utf8.char(a) end, function(a, b) return table.unpack({ 1, 2 }, a, b) end,
  function(a, b) return table.concat({ 1, 2 }, ",", a, b) end, function(a, b) return table.move({ 1 }, a, b, 1) end,
  function(a) return table.insert({}, a, 1) end, function(a) return table.remove({ 1 }, a) end,
  function(a) return select(a, 1, 2) end, function(a, b) return math.fmod(a, b) end, function(a) return math.abs(a) end,
  function(a, b) return a // b end, function(a, b) return a % b end, function(a, b) return a << b end,
  function(a, b) return date(a, b, 1) end, function(a) return add_months(date(2000, 1, 1), a) end,
  function(a) return date(2000, 1, 1) + a end, function(a) return date(2000, 1, 1) - a end,
  function(a, b) return round(a, b) end, function(a, b) return div(a, b, 2) end, function(a, b) return sub("hello", a, b) end,
  function(a) return tonumber("10", a) end, function(a) return ("x"):gsub("x", "y", a) end,
  function(a) return decimal(a) * decimal(a) end, function(a) return -decimal(a) end,
  function(a, b) return mul_div(a, b, a, 2) end, function(a, b) return graduated(a, { { rate = b } }) end,
}
local n = 0
for _, f in ipairs(calls) do for _, a in ipairs(ends) do for _, b in ipairs(ends) do pcall(f, a, b) n = n + 1 end end end
return "SAFE " .. n
