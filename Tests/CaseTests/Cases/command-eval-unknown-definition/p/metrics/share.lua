return metric {
  name = "share",
  inputs = { fee = "decimal USD", amount = "decimal USD" },
  aggregates = { fees = sum "fee", amounts = sum(function(row) return row.amount - row.fee end) },
  finish = function(a) return ratio(a.fees, a.amounts) end,
}
