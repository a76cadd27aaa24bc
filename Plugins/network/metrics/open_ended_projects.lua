return metric {
  name = "open_ended_projects",
  title = "Projects without an end",
  unit = "projects",
  definition = "How many active projects have no expected end; they are in no average.",
  inputs = { days = "int?" },
  aggregates = { all = count(), dated = count "days" },
  finish = function(a)
    return unit(a.all - a.dated, "projects")
  end,
  returns = "int projects",
}
