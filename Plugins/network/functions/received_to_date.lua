-- Gives the running sum its name, title and definition.
return func {
  name = "received_to_date",
  title = "Tokens received by the DAO to date",
  definition = "Tokens received by the DAO in this month and in all before it.",
  inputs = { sum = "decimal BTRST" },
  returns = "decimal BTRST",
  value = function(sum)
    return sum
  end,
}
