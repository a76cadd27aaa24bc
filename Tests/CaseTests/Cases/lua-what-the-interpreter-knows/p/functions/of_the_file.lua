key = { z = 1 }
local tool = {}
function tool.add(n) return n + key.z end
return func {
  name = "of_the_file", inputs = { n = "int" }, returns = "int",
  value = function(n)
    local floor = math.floor
    return tool.add(n) + key.z * floor(n)
  end,
}
