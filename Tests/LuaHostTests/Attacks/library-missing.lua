-- TRIES: functions that lead out of the sandbox.
-- HOST MUST: have none of them.
-- EXPECT: OK.*SAFE 0
local n = 0
for _, name in ipairs { "load", "loadstring", "dofile", "loadfile", "rawset", "rawget", "rawequal", "rawlen", "next", "getmetatable",
  "collectgarbage", "print", "io", "os", "debug", "package", "coroutine", "_G", "module", "setfenv", "warn", "unpack" } do
  if _ENV[name] ~= nil then n = n + 1 end
end
for _, name in ipairs { "dump", "pack", "unpack", "packsize" } do if string[name] ~= nil then n = n + 1 end end
return "SAFE " .. n
