return fold {
  inputs = { a = "decimal(8,2) USD", k = "decimal(8,2) BTRST" }, outputs = { v = "decimal(38,2) USD" },
  init = function() return { t = decimal(0) } end,
  step = function(state, row, emit)
    state.t = state.t + row.a + row.k
    emit { v = state.t }
  end,
}
