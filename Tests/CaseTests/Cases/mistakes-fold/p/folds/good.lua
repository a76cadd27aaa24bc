return fold {
  name = "good",
  inputs = { at = "date", amount = "decimal USD" },
  outputs = { gain = "decimal USD", at = "date" },
  init = function() return {} end,
  step = function(state, row, emit) emit { gain = row.amount, at = row.at } end,
}
