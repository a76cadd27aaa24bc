return export {
  inputs = { word = "string" },
  write = function(rows, out)
    for row in rows do
      if row.word == "two" then error("two is one too many") end
      out(row.word, "\n")
    end
  end,
}
