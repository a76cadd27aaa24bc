return source {
  columns = { word = "string" },
  rows = function(input, emit)
    for line in input.lines do
      if line == "two" then error("two is one too many") end
      emit { word = line }
    end
  end,
}
