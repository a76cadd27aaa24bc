return transform {
  name = "misspelt",
  inputs = { party = "string" },
  outputs = { party = "string" },
  run = function(rows, emit)
    for _, row in ipairs(rows) do
      emit { party = row.party, step = 1 }
    end
  end,
}
