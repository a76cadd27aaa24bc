return metric {
  name = "hires",
  title = "Hires",
  unit = "hires",
  definition = "How many projects hired for the skill.",
  inputs = { hourly_rate = "decimal USD/hour" },
  aggregates = { n = count "hourly_rate" },
  finish = function(a)
    return unit(a.n, "hires")
  end,
  returns = "int hires",
}
