return func {
  name = "fee_in_tokens",
  title = "Tokens for the fee",
  definition = "What the fee buys at the price, before the pool takes its fee and the price slips; cut at 18 decimals.",
  inputs = { fee = "decimal USD", price = "decimal USD/BTRST" },
  returns = "decimal BTRST",
  value = function(fee, price)
    return div(fee, price, 18, "down")
  end,
}
