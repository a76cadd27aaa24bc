return metric {
  name = "average_project_duration",
  title = "Average project duration",
  unit = "months",
  definition = "Days from the offer to completion, or to the expected end while active, in months of 30.4375 days; averaged over projects with an end, to the nearest half month.",
  inputs = { days = "int?" },
  aggregates = { days = sum "days", projects = count "days" },
  finish = function(a)
    if a.projects == 0 then
      return nil
    end
    -- Half months, rounded once: days / projects / 30.4375 * 2.
    local halves = mul_div(decimal(a.days), 20000, a.projects * 304375, 0, "half_up")
    return unit(halves / 2, "months")
  end,
  returns = "decimal(38,18)? months",
}
