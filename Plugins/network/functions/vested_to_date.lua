-- Gives the running sum its name, title and definition.
return func {
  name = "vested_to_date",
  title = "Vested to date",
  definition = "Tokens of the group that are free at the end of the month.",
  inputs = { sum = "decimal BTRST" },
  returns = "decimal BTRST",
  value = function(sum)
    return sum
  end,
}
