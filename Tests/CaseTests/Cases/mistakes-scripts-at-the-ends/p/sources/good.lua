return source {
  columns = { at = "date", word = "string" },
  rows = function(input, emit)
    for line in input.lines do emit { at = date(line), word = line } end
  end,
}
