return metric {
  name = "take_rate",
  title = "Take rate",
  definition = "The client fee as a share of Gross Service Value.",
  inputs = { amount = "decimal USD", client_fee = "decimal USD" },
  aggregates = {
    fees = sum "client_fee",
    gsv = sum(function(row)
      return row.amount + row.client_fee
    end),
  },
  finish = function(a)
    return ratio(a.fees, a.gsv)
  end,
  returns = "decimal(38,18)?",
}
