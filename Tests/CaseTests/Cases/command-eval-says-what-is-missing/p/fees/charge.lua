local SHARES = { fixed = 0.1, hourly = 0.2 }

local function share_of(kind)
  local share = SHARES[kind]
  if not share then
    error("no share for '" .. kind .. "'")
  end
  return share
end

local function priced(row)
  local share = share_of(row.kind)
  return math.min(row.amount, settings.cap) * share
end

return fee_rule {
  name = "charge",
  inputs = { amount = "decimal USD", kind = "string" },
  versions = { { rate = 0 } },
  fee = function(row, terms)
    local fee = priced(row)
    return fee, "priced"
  end,
}
