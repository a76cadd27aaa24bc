return source {
  columns = { word = "string" },
  rows = function(input, emit)
    for line in input.lines do
      while line == "two" do emit { word = line } end
    end
  end,
}
