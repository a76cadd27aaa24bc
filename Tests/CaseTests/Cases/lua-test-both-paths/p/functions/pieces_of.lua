return func {
  name = "pieces_of", inputs = { id = "int", pieces = "int" }, returns = "int",
  value = function(id, pieces)
    if pieces < 0 then return 9223372036854775807 + id end
    return 100 // (id - pieces)
  end,
}
