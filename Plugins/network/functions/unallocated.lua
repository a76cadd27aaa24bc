return func {
  name = "unallocated",
  title = "Unallocated",
  definition = "The supply cap less what is allocated to groups: zero, none more and none less.",
  inputs = { allocated = "decimal BTRST" },
  returns = "decimal BTRST",
  value = function(allocated)
    return settings.supply_cap - allocated
  end,
}
