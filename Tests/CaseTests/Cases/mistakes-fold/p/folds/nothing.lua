return fold {
  name = "nothing",
  inputs = { at = "date" },
  outputs = { gain = "decimal US" .. "D", at = "date", stpe = 1 },
  init = function() return {} end,
}
