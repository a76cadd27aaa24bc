-- Its merge is right for two parts, and forgets what the first had merged when a third comes.
return metric {
  name = "nested",
  title = "Spent",
  unit = "USD",
  inputs = { spent = "decimal USD" },
  returns = "decimal(38,2) USD",
  init = function(settings) return { own = decimal("0"), merged = decimal("0") } end,
  step = function(state, row) state.own = state.own + row.spent end,
  merge = function(a, b) a.merged = b.own + b.merged end,
  finish = function(state) return state.own + state.merged end,
}
