return metric {
  name = "sales", title = "Sales"
  inputs = { amount = "decimal USD" },
}
