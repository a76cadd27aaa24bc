return metric {
  name = "take_rate",
  title = "Take rate",
  unit = "share",
  definition = "The client fee as a share of Gross Service Value.",
  inputs = { amount = "decimal USD", client_fee = "decimal USD" },
  aggregates = {
    fees = sum "client_fee",
    gsv = sum(function(row)
      return row.amount + row.client_fee
    end),
  },
  finish = function(a)
    local share = ratio(a.fees, a.gsv)
    return share and unit(share, "share")
  end,
  returns = "decimal(38,18)? share",
}
