-- What the liquidity pool keeps of a purchase.
return fee_rule {
  name = "pool_fee",
  title = "Pool fee",
  payer = "network",
  definition = "1 % of the tokens that a fee buys.",
  inputs = { tokens = "decimal BTRST" },
  base = "tokens",
  rounding = { scale = 18, mode = "half_even" },
  versions = { { rate = 0.01 } },
}
