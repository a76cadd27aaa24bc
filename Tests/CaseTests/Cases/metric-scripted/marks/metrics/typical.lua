-- The greatest amount and the mean of the others: a state of decimals, which merges exactly.
return metric {
  name = "typical",
  title = "Spent without the greatest",
  unit = "USD",
  inputs = { spent = "decimal USD" },
  returns = "decimal(38,6)? USD",
  init = function(settings) return { count = 0, total = decimal("0"), greatest = decimal("0") } end,
  step = function(state, row)
    state.count = state.count + 1
    state.total = state.total + row.spent
    state.greatest = math.max(state.greatest, row.spent)
  end,
  merge = function(a, b)
    a.count = a.count + b.count
    a.total = a.total + b.total
    a.greatest = math.max(a.greatest, b.greatest)
  end,
  finish = function(state)
    if state.count < 2 then return nil end
    return div(state.total - state.greatest, state.count - 1, 6)
  end,
}
