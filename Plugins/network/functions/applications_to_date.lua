-- Gives the running sum its name, title and definition.
return func {
  name = "applications_to_date",
  title = "Applications to date",
  definition = "Applications in this month and in all before it.",
  inputs = { sum = "int applications" },
  returns = "int applications",
  value = function(sum)
    return sum
  end,
}
