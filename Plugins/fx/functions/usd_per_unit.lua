-- Rates stand both ways round: 1.0996 dollars for a euro, or 0.9094 euros for a dollar.
return func {
  name = "usd_per_unit",
  title = "Dollars per unit",
  definition = "What one unit of a currency costs in dollars, from a rate quoted in either direction; inverted rates have 12 decimals.",
  inputs = { rate = "decimal(16,6)", quoted = "string" },
  returns = "decimal(38,12) USD/UNIT",
  value = function(rate, quoted)
    if quoted == "dollars per unit" then
      return unit(round(rate, 12), "USD/UNIT")
    elseif quoted == "units per dollar" then
      return unit(div(1, rate, 12), "USD/UNIT")
    end
    error("a rate is quoted in 'dollars per unit' or 'units per dollar'")
  end,
}
