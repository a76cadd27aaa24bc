return metric {
  name = "paid_invoices",
  title = "Paid invoices",
  unit = "invoices",
  definition = "How many invoices were paid.",
  inputs = { invoice_id = "int" },
  aggregates = { n = count "invoice_id" },
  finish = function(a)
    return unit(a.n, "invoices")
  end,
  returns = "int invoices",
}
