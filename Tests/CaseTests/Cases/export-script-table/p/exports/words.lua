return export {
  inputs = { word = "string" },
  write = function(rows, out)
    for row in rows do out(row, "\n") end
  end,
}
