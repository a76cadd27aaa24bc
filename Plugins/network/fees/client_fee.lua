-- What a client pays: 10 % of what talent bills until 18 July 2023, 15 % from the day after.
return fee_rule {
  name = "client_fee",
  title = "Client fee",
  payer = "client",
  definition = "What the client pays on top of what talent bills.",
  inputs = { amount = "decimal USD", issued_on = "date" },
  priced_by = "issued_on",
  rounding = { scale = 2, mode = "half_even" },
  versions = {
    { valid_from = "2018-09-01", valid_to = "2023-07-19", rate = 0.10 },
    { valid_from = "2023-07-19", rate = 0.15 },
  },
  fee = function(row, terms)
    return row.amount * terms.rate, "flat"
  end,
}
