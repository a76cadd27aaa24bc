return fold {
  inputs = { n = "int" },
  outputs = { v = "int" },
  init = function() return { total = 0 } end,
  step = function(state, row, emit)
    state.total = state.total + row.n
    emit({ v = row.n }, { v = state.total })
  end,
}
