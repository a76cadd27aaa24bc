return fee_rule {
  name = "dated",
  title = "A share that changes with the day",
  inputs = { hours = "decimal", rate = "decimal", issued_on = "date" },
  priced_by = "issued_on",
  versions = {
    { valid_from = "2000-01-01", valid_to = "2021-01-01", rate = 0.10 },
    { valid_from = "2021-01-01", valid_to = "2023-07-01", rate = 0.12 },
    { valid_from = "2023-07-01", rate = 0.15 },
  },
  fee = function(row, terms)
    return row.hours * row.rate * terms.rate, "share"
  end,
}
