return fee_rule {
  name = "linear",
  title = "A share",
  inputs = { hours = "decimal", rate = "decimal", issued_on = "date" },
  priced_by = "issued_on",
  versions = { { valid_from = "2000-01-01" } },
  fee = function(row)
    return row.hours * row.rate * 0.15, "share"
  end,
}
