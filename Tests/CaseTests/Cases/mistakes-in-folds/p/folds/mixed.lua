return fold {
  name = "mixed",
  inputs = { usd = "decimal(12,2) USD", tokens = "decimal(38,18) BTRST" },
  outputs = { worth = "decimal(38,18) USD" },
  init = function(settings) return { worth = 0, held = decimal(0) } end,
  step = function(state, row, emit)
    state.held = state.held + row.tokens
    state.worth = state.worth + row.usd
    emit { worth = state.worth + state.held }
  end,
}
