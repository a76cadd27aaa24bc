-- A rate in another currency, or in two, is never converted by a guess: its row is quarantined.
return func {
  name = "dollars",
  title = "Rate in dollars",
  definition = "The rate of a hire, where it is in dollars and in nothing else.",
  inputs = { rate = "decimal USD/hour", currency = "string" },
  returns = "decimal USD/hour",
  value = function(rate, currency)
    if currency ~= "USD" then
      reject("the rate is in " .. currency .. ", and only dollars can be averaged with dollars")
    end
    return rate
  end,
}
