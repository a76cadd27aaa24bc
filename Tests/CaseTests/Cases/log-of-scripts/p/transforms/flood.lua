return transform {
  inputs = { total = "int" }, outputs = { total = "int" },
  run = function(rows, emit)
    for i = 1, 20000 do log(("%05d"):format(i)) end
    emit { total = rows[1].total }
  end,
}
