-- The sum so far. A row that takes it below zero is set aside, and the sum with it.
return fold {
  name = "balance",
  inputs = { amount = "decimal(12,2) USD" },
  outputs = { balance = "decimal(14,2) USD", rows = "int" },
  init = function(settings) return { sum = 0, rows = 0 } end,
  step = function(state, row, emit)
    if state.sum + row.amount < 0 then reject("only " .. tostring(state.sum) .. " are left") end
    state.sum = state.sum + row.amount
    state.rows = state.rows + 1
    emit { balance = state.sum, rows = state.rows }
  end,
}
