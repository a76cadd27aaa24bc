return fold {
  name = "equal",
  inputs = { usd = "decimal(12,2) USD" },
  outputs = { spent = "decimal(12,2) USD" },
  init = function(settings) return { lots = {} } end,
  step = function(state, row, emit)
    state.lots[#state.lots + 1] = { left = row.usd }
    if state.lots[1].left == 0 then table.remove(state.lots, 1) end
    emit { spent = row.usd }
  end,
}
