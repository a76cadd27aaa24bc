return fee_rule {
  name = "capped",
  title = "A share within bounds",
  inputs = { hours = "decimal", rate = "decimal", issued_on = "date" },
  priced_by = "issued_on",
  minimum = 25,
  maximum = 5000,
  versions = { { valid_from = "2000-01-01" } },
  fee = function(row)
    return row.hours * row.rate * 0.15, "share"
  end,
}
