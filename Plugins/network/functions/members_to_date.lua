-- Gives the running sum its name, title and definition.
return func {
  name = "members_to_date",
  title = "Members to date",
  definition = "Members who joined in this month or before.",
  inputs = { sum = "int members" },
  returns = "int members",
  value = function(sum)
    return sum
  end,
}
