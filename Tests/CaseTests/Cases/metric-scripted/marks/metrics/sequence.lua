-- The kinds of the last visits, in the order of the rows.
return metric {
  name = "sequence",
  title = "Last visits",
  inputs = { kind = "string" },
  returns = "string",
  init = function(settings) return { longest = settings.longest, kinds = "" } end,
  step = function(state, row) state.kinds = (state.kinds .. row.kind:sub(1, 1)):sub(-state.longest) end,
  merge = function(a, b) return { longest = a.longest, kinds = (a.kinds .. b.kinds):sub(-a.longest) } end,
  finish = function(state) return state.kinds end,
}
