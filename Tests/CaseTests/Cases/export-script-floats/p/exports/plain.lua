return export {
  inputs = { x = "float" },
  write = function(rows, out)
    for row in rows do out(row.x, "\n") end
    out(1 / 3, " ", -0.0, " ", 2, "\n")
  end,
}
