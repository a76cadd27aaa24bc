-- TRIES: a constant as the environment, which older builds index out of bounds.
-- HOST MUST: refuse or raise; never read beside the stack.
-- EXPECT: ERR.*(index|number)
local _ENV <const> = 10
x = 1
