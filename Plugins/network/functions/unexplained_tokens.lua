return func {
  name = "unexplained_tokens",
  title = "Unexplained",
  definition = "Tokens received less tokens computed; zero where the chain and the rules agree.",
  inputs = { received = "decimal? BTRST", computed = "decimal? BTRST" },
  returns = "decimal BTRST",
  value = function(received, computed)
    return (received or 0) - (computed or 0)
  end,
}
