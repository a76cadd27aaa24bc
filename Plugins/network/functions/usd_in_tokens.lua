return func {
  name = "usd_in_tokens",
  title = "Paid in tokens",
  definition = "Dollars at the price in force, in tokens; cut at 18 decimals.",
  inputs = { amount = "decimal USD", price = "decimal USD/BTRST" },
  returns = "decimal BTRST",
  value = function(amount, price)
    return div(amount, price, 18, "down")
  end,
}
