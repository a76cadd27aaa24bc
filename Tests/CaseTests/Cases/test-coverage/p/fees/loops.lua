return fee_rule {
  name = "loops",
  inputs = { amount = "decimal USD", parts = "list<string>" },
  versions = { { rate = 0.1 } },
  fee = function(row, terms)
    local fee = row.amount * 0
    for _, part in ipairs(row.parts) do
      if part == "free" then
        goto next
      elseif part == "double" then
        fee = fee + 2 * terms.rate
      else
        fee = fee
          + terms.rate
      end
      ::next::
    end
    while true do
      break
    end
    local function unused()
      return 1
    end
    return fee, "loops"
  end,
}
