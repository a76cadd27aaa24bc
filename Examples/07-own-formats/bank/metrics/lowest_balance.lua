-- The lowest balance after any booking. It depends on the order of the rows, so no sum or minimum gives it: the state of some rows
-- is their total and the lowest point on the way, and two states follow each other as their rows do.
return metric {
  name = "lowest_balance",
  title = "Lowest balance",
  definition = "The lowest balance after any booking, from the first row of the account on.",
  unit = "EUR",
  inputs = { amount = "decimal EUR" },
  returns = "decimal(38,2)? EUR",
  init = function(settings) return { total = decimal("0.00") } end,
  step = function(state, row)
    state.total = state.total + row.amount
    state.lowest = state.lowest and math.min(state.lowest, state.total) or state.total
  end,
  merge = function(a, b)
    if not a.lowest then return b end
    if b.lowest then a.lowest = math.min(a.lowest, a.total + b.lowest) end
    a.total = a.total + b.total
  end,
  finish = function(state) return state.lowest end,
}
