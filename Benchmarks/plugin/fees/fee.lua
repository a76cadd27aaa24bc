-- Before 2021 10 %; since then 15 %, or 1,500 and 8 % of what passes 10,000; 2 % more outside USD; at least 25, at most 5,000.
return fee_rule {
  name = "fee",
  title = "Benchmark fee",
  inputs = { hours = "decimal", rate = "decimal", issued_on = "date", currency = "string" },
  priced_by = "issued_on",
  minimum = 25,
  maximum = 5000,
  versions = {
    { valid_from = "2000-01-01", valid_to = "2021-01-01", rate = 0.10 },
    { valid_from = "2021-01-01", rate = 0.15, limit = 10000, base = 1500, excess = 0.08 },
  },
  fee = function(row, terms)
    local amount = row.hours * row.rate
    local fee = amount * terms.rate
    if terms.limit and amount > terms.limit then
      fee = terms.base + (amount - terms.limit) * terms.excess
    end
    if row.currency ~= "USD" then
      fee = fee * 1.02
    end
    return fee, "share"
  end,
}
