-- Between two balances a week apart nothing is published; this spreads the week's growth evenly over its seven days.
return func {
  name = "balance_within_week",
  title = "Balance within a week",
  definition = "The balance some days after a week's start, if each day of the week brought in the same: an estimate, to the cent.",
  inputs = { opening = "decimal(38,2) USD", gsv = "decimal(38,2) USD", days = "int" },
  returns = "decimal(38,2) USD",
  value = function(opening, gsv, days)
    return opening + mul_div(gsv, days, 7, 2)
  end,
}
