return metric {
  name = "dated_projects",
  title = "Projects with an end",
  unit = "projects",
  definition = "How many active or completed projects have an end, reached or expected.",
  inputs = { days = "int?" },
  aggregates = { n = count "days" },
  finish = function(a)
    return unit(a.n, "projects")
  end,
  returns = "int projects",
}
