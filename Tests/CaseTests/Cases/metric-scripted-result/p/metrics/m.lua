return metric {
  inputs = { amount = "decimal USD" },
  unit = "USD",
  returns = "decimal(38,18) USD",
  init = function(settings) return 0 end,
  step = function(state, row) return state + row.amount end,
  merge = function(a, b) return a + b end,
  finish = function(state)
    if state < decimal("1.5") then return tostring(state) end
    return state
  end,
}
