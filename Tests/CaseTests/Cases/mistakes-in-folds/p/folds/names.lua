return fold {
  name = "names",
  inputs = { usd = "decimal(12,2) USD" },
  outputs = { spent = "decimal(12,2) USD" },
  init = function(settings) return {} end,
  step = function(state, row, emit)
    emit { spnet = row.usd }
  end,
}
