-- Gives the running sum its name, title and definition.
return func {
  name = "jobs_to_date",
  title = "Jobs posted to date",
  definition = "Jobs posted in this month and in all before it.",
  inputs = { sum = "int jobs" },
  returns = "int jobs",
  value = function(sum)
    return sum
  end,
}
