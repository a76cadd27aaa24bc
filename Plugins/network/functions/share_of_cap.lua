return func {
  name = "share_of_cap",
  title = "Tokens of a share",
  definition = "A share of the 250,000,000 tokens that there are and ever will be.",
  inputs = { share = "decimal" },
  returns = "decimal BTRST",
  value = function(share)
    return mul_div(share, settings.supply_cap, 1, 18)
  end,
}
