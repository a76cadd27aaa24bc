-- Gives the rank its name, title and definition.
return func {
  name = "referral_place",
  title = "Place",
  definition = "Place by referral earnings; who earned the same has the same place, in the order of their numbers.",
  inputs = { rank = "int" },
  returns = "int place",
  value = function(rank)
    return unit(rank, "place")
  end,
}
