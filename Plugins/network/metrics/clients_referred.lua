return metric {
  name = "clients_referred",
  title = "Clients referred",
  unit = "clients",
  definition = "How many clients the referrer brought.",
  inputs = { side = "string" },
  value = function(row)
    return unit(row.side == "client" and 1 or 0, "clients")
  end,
  aggregate = "sum",
}
