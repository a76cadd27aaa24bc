return metric {
  inputs = { size = "int" }, returns = "int",
  init = function() return 0 end,
  step = function(state, row) return state + row.size end,
  merge = function(a, b) return a + b end,
  finish = function(state)
    log("the total", state, "of decimals", decimal("1.50"), "and of what has\ntwo lines")
    return state
  end,
}
