return metric {
  name = "members_seeking_work",
  title = "Members seeking work",
  unit = "members",
  definition = "How many members say that they seek work.",
  inputs = { seeking_work = "bool" },
  value = function(row)
    return unit(row.seeking_work and 1 or 0, "members")
  end,
  aggregate = "sum",
}
