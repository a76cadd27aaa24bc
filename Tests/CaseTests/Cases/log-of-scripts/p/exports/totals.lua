return export {
  inputs = { total = "int" },
  write = function(rows, out)
    for row in rows do out(row.total, "\n") end
    log("written")
  end,
}
