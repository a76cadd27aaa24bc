return func {
  inputs = { word = "string" }, returns = "int",
  value = function(word)
    if #word ~= 4 then log("not four letters:", word) else log("four letters") end
    return #word
  end,
}
