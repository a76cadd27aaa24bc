return metric {
  name = "suppressed_hires",
  title = "Hires not shown",
  unit = "hires",
  definition = "How many hires are in groups that are not shown.",
  inputs = { shown = "bool", group_hires = "int" },
  value = function(row)
    return unit(row.shown and 0 or row.group_hires, "hires")
  end,
  aggregate = "sum",
}
