-- TRIES: to set a global of one module while another loads.
-- HOST MUST: let a file define globals only while it loads itself.
-- EXPECT: ERR.*(read-only|no module)
local m = require "setter"
function fee(row) require "calls_setter" return m.count() end
