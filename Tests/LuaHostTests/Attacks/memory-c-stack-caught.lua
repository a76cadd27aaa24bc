-- TRIES: to catch that calls are nested too deeply for the C stack, and to go on.
-- HOST MUST: pass it on: a limit.
-- EXPECT: ERR stack overflow: functions that are called by operators
-- STATUS: memory
function fee(row)
  local function f(n) return pcall(f, n + 1) end
  f(1)
  return 1
end
