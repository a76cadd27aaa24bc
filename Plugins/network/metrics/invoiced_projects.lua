return metric {
  name = "invoiced_projects",
  title = "Invoiced projects",
  unit = "projects",
  definition = "How many projects have submitted invoices.",
  inputs = { size = "decimal USD" },
  aggregates = { n = count "size" },
  finish = function(a)
    return unit(a.n, "projects")
  end,
  returns = "int projects",
}
