return metric {
  name = "share",
  inputs = { fee = "decimal USD", amount = "decimal USD" },
  aggregates = { fees = sum "fee", amounts = sum "amount" },
  finish = function(a) return ratio(a.fees, a.amounts) end,
}
