-- First in, first out: what is sold uses up the oldest lots.
return fold {
  name = "lots",
  inputs = { day = "date", amount = "decimal(12,2) USD" },
  outputs = { used = "decimal(14,2) USD", bought_on = "date", is_long = "bool" },
  init = function(settings) return { lots = {}, days = settings.days } end,
  step = function(state, row, emit)
    if row.amount > 0 then
      table.insert(state.lots, { left = row.amount, day = row.day })
      return
    end
    local wanted = -row.amount
    while wanted > 0 and #state.lots > 0 do
      local lot = state.lots[1]
      local used = math.min(lot.left, wanted)
      emit { used = used, bought_on = lot.day, is_long = row.day - lot.day > state.days }
      lot.left = lot.left - used
      wanted = wanted - used
      if lot.left <= 0 then table.remove(state.lots, 1) end
    end
  end,
}
