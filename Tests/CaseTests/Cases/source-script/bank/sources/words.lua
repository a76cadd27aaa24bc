-- Words of any text, read in pieces of a few bytes.
return source {
  columns = { file = "string", word = "string" },
  rows = function(input, emit)
    local rest = ""
    while true do
      local piece = input.read(7)
      rest = rest .. (piece or " ")
      rest = rest:gsub("(%S+)%s", function(word)
        emit { file = input.name, word = word }
        return ""
      end)
      if not piece then return end
    end
  end,
}
