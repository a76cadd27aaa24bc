return metric {
  name = "verified_members",
  title = "Verified members",
  unit = "members",
  definition = "How many members are verified.",
  inputs = { verified = "bool" },
  value = function(row)
    return unit(row.verified and 1 or 0, "members")
  end,
  aggregate = "sum",
}
