-- Whom everybody was brought by in the end; rounds have no end and are marked.
return transform {
  name = "chains",
  inputs = { party = "string", referrer = "string?" },
  outputs = { party = "string", root = "string?", steps = "int" },
  run = function(rows, emit)
    local referrer = {}
    for _, row in ipairs(rows) do referrer[row.party] = row.referrer end
    for _, row in ipairs(rows) do
      local at, steps, seen = row.party, 0, {}
      while referrer[at] and not seen[at] do
        seen[at] = true
        at, steps = referrer[at], steps + 1
      end
      local root
      if not seen[at] then root = at end
      emit { party = row.party, root = root, steps = steps }
    end
  end,
}
