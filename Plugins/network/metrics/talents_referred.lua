return metric {
  name = "talents_referred",
  title = "Talents referred",
  unit = "talents",
  definition = "How many members the referrer brought.",
  inputs = { side = "string" },
  value = function(row)
    return unit(row.side == "talent" and 1 or 0, "talents")
  end,
  aggregate = "sum",
}
