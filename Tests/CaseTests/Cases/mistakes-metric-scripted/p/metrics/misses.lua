return metric {
  inputs = { amuont = "decimal USD" },
  unit = "USD",
  returns = "decimal(38,18) USD",
  init = function(settings) return 0 end,
  step = function(state, row) return state + row.amuont end,
  merge = function(a, b) return a + b end,
  finish = function(state) return state end,
}
