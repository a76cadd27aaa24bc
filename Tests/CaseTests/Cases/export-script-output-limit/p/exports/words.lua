return export {
  inputs = { word = "string" },
  write = function(rows, out)
    for row in rows do
      while true do out(row.word, " ") end
    end
  end,
}
