return func {
  name = "tags",
  inputs = { tags = "list<string>", extra = "string?" },
  returns = "string",
  value = function(tags, extra)
    if extra == nil then error("no extra for " .. table.concat(tags, "+")) end
    return table.concat(tags, "+") .. extra
  end,
}
