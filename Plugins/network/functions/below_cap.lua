return func {
  name = "below_cap",
  title = "Not yet in circulation",
  definition = "The supply cap less what circulates: never below zero, and zero in the end.",
  inputs = { circulating = "decimal BTRST" },
  returns = "decimal BTRST",
  value = function(circulating)
    return settings.supply_cap - circulating
  end,
}
