-- TRIES: functions of a module that failed, with globals that nobody froze.
-- HOST MUST: freeze what a kept function reaches, its globals included.
-- EXPECT: ERR.*(read-only|state is limited to one row)
local _, escaped = pcall(require, "escaping")
function fee(row) return escaped() end
