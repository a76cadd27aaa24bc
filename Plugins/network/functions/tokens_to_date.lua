-- Gives the running sum its name, title and definition.
return func {
  name = "tokens_to_date",
  title = "Tokens sent to the DAO to date",
  definition = "Tokens sent to the DAO in this month and in all before it, as the rules compute it.",
  inputs = { sum = "decimal BTRST" },
  returns = "decimal BTRST",
  value = function(sum)
    return sum
  end,
}
