-- What the liquidity pool keeps of a purchase; cut, so that what is left for slippage is never below zero.
return fee_rule {
  name = "pool_fee",
  title = "Pool fee",
  payer = "network",
  definition = "1 % of the tokens that a fee buys; cut at 18 decimals.",
  inputs = { tokens = "decimal BTRST" },
  base = "tokens",
  rounding = { scale = 18, mode = "down" },
  versions = { { rate = 0.01 } },
}
