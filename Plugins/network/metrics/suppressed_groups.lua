return metric {
  name = "suppressed_groups",
  title = "Groups not shown",
  unit = "groups",
  definition = "How many groups have too few people for their rates to be shown.",
  inputs = { shown = "bool" },
  value = function(row)
    return unit(row.shown and 0 or 1, "groups")
  end,
  aggregate = "sum",
}
