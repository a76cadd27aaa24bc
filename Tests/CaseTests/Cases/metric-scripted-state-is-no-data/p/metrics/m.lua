return metric {
  inputs = { amount = "decimal USD" },
  unit = "USD",
  returns = "decimal(38,18) USD",
  init = function(settings) return { add = function(a, b) return a + b end, total = 0 } end,
  step = function(state, row) state.total = state.add(state.total, row.amount) end,
  merge = function(a, b) return a + b end,
  finish = function(state) return state.total end,
}
