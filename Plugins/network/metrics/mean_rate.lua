return metric {
  name = "mean_rate",
  title = "Average hourly rate",
  unit = "USD/hour",
  definition = "The mean of the hourly rates at which projects hired, to the cent.",
  inputs = { hourly_rate = "decimal USD/hour" },
  aggregates = { rates = sum "hourly_rate", hires = count "hourly_rate" },
  finish = function(a)
    if a.hires == 0 then
      return nil
    end
    return div(a.rates, a.hires, 2, "half_even")
  end,
  returns = "decimal(38,2)? USD/hour",
}
