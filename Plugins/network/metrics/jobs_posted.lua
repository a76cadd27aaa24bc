return metric {
  name = "jobs_posted",
  title = "Jobs posted",
  unit = "jobs",
  definition = "How many jobs were posted.",
  inputs = { jobs = "int" },
  value = function(row)
    return unit(row.jobs, "jobs")
  end,
  aggregate = "sum",
}
