return func {
  name = "fee_to_dao",
  title = "Tokens sent to the DAO",
  definition = "Fee / price, less 1 % for the pool, less slippage; cut once, at 18 decimals.",
  inputs = { fee = "decimal USD", price = "decimal USD/BTRST", slippage = "decimal" },
  returns = "decimal BTRST",
  value = function(fee, price, slippage)
    local kept = 0.99 * (1 - slippage)
    return mul_div(fee, kept, price, 18, "down")
  end,
}
