-- Sums by text, in a table whose keys only the rows know.
return fold {
  name = "totals",
  inputs = { kind = "string", amount = "decimal(12,2) USD" },
  outputs = { kind_of = "string", total = "decimal(14,2) USD" },
  init = function(settings) return { totals = {} } end,
  step = function(state, row, emit)
    state.totals[row.kind] = (state.totals[row.kind] or 0) + row.amount
  end,
  finish = function(state, emit)
    for kind, total in pairs(state.totals) do
      emit { kind_of = kind, total = total }
    end
  end,
}
