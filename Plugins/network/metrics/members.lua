return metric {
  name = "members",
  title = "Members",
  unit = "members",
  definition = "How many members joined, verified or not, seeking work or not.",
  inputs = { members = "int" },
  value = function(row)
    return unit(row.members, "members")
  end,
  aggregate = "sum",
}
