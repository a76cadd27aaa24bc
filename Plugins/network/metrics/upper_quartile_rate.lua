return metric {
  name = "upper_quartile_rate",
  title = "Upper quartile of hourly rates",
  unit = "USD/hour",
  definition = "The rate that a quarter of the hires are above, interpolated, to the cent.",
  inputs = { hourly_rate = "decimal USD/hour" },
  aggregates = { rate = quantile("hourly_rate", 0.75) },
  finish = function(a)
    return a.rate and round(a.rate, 2, "half_even")
  end,
  returns = "decimal(38,2)? USD/hour",
}
