return fold {
  inputs = { n = "int" }, outputs = { v = "int" },
  init = function() return { c = 0 } end,
  step = function(state, row, emit)
    if row.n < 0 then reject("below 0") end
    state.c = state.c + row.n
    if row.n == 3 then reject("three") end
    emit { v = state.c }
  end,
}
