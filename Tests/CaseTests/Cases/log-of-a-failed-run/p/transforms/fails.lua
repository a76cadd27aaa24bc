return transform {
  inputs = { word = "string" }, outputs = { word = "string" },
  run = function(rows, emit)
    for _, row in ipairs(rows) do
      log("at", row.word)
      if row.word == "two" then error("two is one too many") end
    end
  end,
}
