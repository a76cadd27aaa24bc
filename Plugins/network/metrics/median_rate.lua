return metric {
  name = "median_rate",
  title = "Median hourly rate",
  unit = "USD/hour",
  definition = "The rate in the middle, or the mean of the two in the middle, to the cent.",
  inputs = { hourly_rate = "decimal USD/hour" },
  aggregates = { rate = median "hourly_rate" },
  finish = function(a)
    return a.rate and round(a.rate, 2, "half_even")
  end,
  returns = "decimal(38,2)? USD/hour",
}
