-- Gives the running sum its name, title and definition.
return func {
  name = "gsv_to_date",
  title = "Gross Service Value to date",
  definition = "Gross Service Value of this period and of all before it.",
  inputs = { sum = "decimal USD" },
  returns = "decimal USD",
  value = function(sum)
    return sum
  end,
}
