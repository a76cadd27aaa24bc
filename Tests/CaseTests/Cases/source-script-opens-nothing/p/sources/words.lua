return source {
  columns = { word = "string" },
  rows = function(input, emit)
    for line in io.lines("/etc/hostname") do
      emit { word = line }
    end
  end,
}
