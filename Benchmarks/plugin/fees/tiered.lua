return fee_rule {
  name = "tiered",
  title = "A smaller share of what is more",
  inputs = { hours = "decimal", rate = "decimal", issued_on = "date" },
  priced_by = "issued_on",
  versions = { { valid_from = "2000-01-01" } },
  fee = function(row)
    local amount = row.hours * row.rate
    if amount > 10000 then
      return 1500 + (amount - 10000) * 0.08, "upper"
    elseif amount > 1000 then
      return 150 + (amount - 1000) * 0.15, "middle"
    end
    return amount * 0.15, "lower"
  end,
}
