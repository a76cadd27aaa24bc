-- Gives the running sum its name, title and definition.
return func {
  name = "circulating_supply",
  title = "Circulating supply",
  definition = "Tokens of all groups that are free at the end of the month.",
  inputs = { sum = "decimal BTRST" },
  returns = "decimal BTRST",
  value = function(sum)
    return sum
  end,
}
