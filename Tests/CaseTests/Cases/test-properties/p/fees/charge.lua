return fee_rule {
  name = "charge",
  inputs = { amount = "decimal USD", day = "date" },
  priced_by = "day",
  versions = {
    { valid_from = "2020-01-01", valid_to = "2024-07-01", rate = 0.10 },
    { valid_from = "2024-07-01", rate = 0.15 },
  },
  fee = function(row, terms)
    if row.amount > 1000 then
      return row.amount * terms.rate - 20, "large"
    end
    return row.amount * terms.rate, "small"
  end,
}
