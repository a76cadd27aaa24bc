-- Keeps the row itself, whose fields are those of a later row by the time they are read.
return fold {
  name = "steps", inputs = { day = "date", price = "decimal(8,2) USD" }, outputs = { change = "decimal USD" },
  init = function() return {} end,
  step = function(state, row, emit)
    if state.before then emit { change = row.price - state.before.price } end
    state.before = row
  end,
}
