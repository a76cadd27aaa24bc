return fee_rule {
  name = "by_currency",
  title = "A share, and more outside USD and EUR",
  inputs = { hours = "decimal", rate = "decimal", currency = "string", issued_on = "date" },
  priced_by = "issued_on",
  versions = { { valid_from = "2000-01-01" } },
  fee = function(row)
    local share = row.hours * row.rate * 0.15
    if row.currency == "USD" then
      return share, "home"
    elseif row.currency == "EUR" then
      return share * 1.01, "near"
    end
    return share * 1.02, "far"
  end,
}
