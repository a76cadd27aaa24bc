return metric {
  name = "suppressed_groups",
  title = "Groups not shown",
  unit = "groups",
  definition = "How many groups have fewer than five people, so that their rates are not shown.",
  inputs = { people = "int" },
  aggregates = { n = count "people" },
  finish = function(a)
    return unit(a.n, "groups")
  end,
  returns = "int groups",
}
