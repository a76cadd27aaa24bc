return metric {
  name = "average_project_size",
  title = "Average project size",
  unit = "USD",
  definition = "Weeks x hours per week x hourly rate of each project, over its submitted invoices; averaged over projects that have any, to the cent.",
  inputs = { size = "decimal USD" },
  aggregates = { sizes = sum "size", projects = count "size" },
  finish = function(a)
    if a.projects == 0 then
      return nil
    end
    return div(a.sizes, a.projects, 2, "half_even")
  end,
  returns = "decimal(38,2)? USD",
}
