local x = nil
local y = x.rate
return fee_rule { name = "f", inputs = { amount = "decimal USD" }, versions = { { rate = 0.1 } } }
