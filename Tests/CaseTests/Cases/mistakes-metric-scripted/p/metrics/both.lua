return metric {
  inputs = { amount = "decimal USD" },
  unit = "USD",
  returns = "decimal(38,18) USD",
  aggregate = "sum",
  init = function(settings) return 0 end,
  step = function(state) return state end,
  merge = "sum",
  finish = function(state) return state end,
}
