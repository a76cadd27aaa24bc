-- Hours bought at a rate are used up by later ones, the oldest first; at most 24 lots are kept.
return fold {
  name = "fifo",
  inputs = { issued_on = "date", hours = "decimal(6,2)", rate = "decimal(8,2)", currency = "string" },
  outputs = { gain = "decimal(18,4)", held = "decimal(18,2)", days = "int" },
  init = function(settings)
    return { lots = {}, held = decimal(0) }
  end,
  step = function(state, row, emit)
    local lots = state.lots
    if row.currency == "USD" and #lots < 24 then
      lots[#lots + 1] = { hours = row.hours, rate = row.rate, on = row.issued_on }
      state.held = state.held + row.hours
      return
    end
    local wanted = math.min(row.hours * 2, state.held)
    local gain, days = decimal(0), 0
    while wanted > 0 do
      local lot = lots[1]
      local used = math.min(lot.hours, wanted)
      gain = gain + used * (row.rate - lot.rate)
      days = math.max(days, row.issued_on - lot.on)
      lot.hours = lot.hours - used
      wanted = wanted - used
      state.held = state.held - used
      if lot.hours <= 0 then table.remove(lots, 1) end
    end
    emit { gain = gain, held = state.held, days = days }
  end,
}
