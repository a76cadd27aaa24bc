return metric {
  name = "applications",
  title = "Applications",
  unit = "applications",
  definition = "How many applications to jobs there were.",
  inputs = { applications = "int" },
  value = function(row)
    return unit(row.applications, "applications")
  end,
  aggregate = "sum",
}
