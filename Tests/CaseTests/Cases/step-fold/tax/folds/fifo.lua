-- First in, first out: a sale uses up the oldest lots that are left.
return fold {
  name = "fifo",
  title = "Realised gain",
  inputs = { at = "date", quantity = "decimal(38,18)", price = "decimal(12,2) USD" },
  outputs = { gain = "decimal USD", acquired_on = "date", sold = "decimal(38,18)", is_long = "bool" },
  init = function(settings)
    return { lots = {}, first = 1, days = settings.days }
  end,
  step = function(state, row, emit)
    if row.quantity > 0 then
      state.lots[#state.lots + 1] = { left = row.quantity, price = row.price, at = row.at }
      return
    end
    local wanted = -row.quantity
    local held = decimal(0)
    for i = state.first, #state.lots do held = held + state.lots[i].left end
    if held < wanted then reject("sells " .. tostring(wanted) .. " of " .. tostring(held)) end
    while wanted > 0 do
      local lot = state.lots[state.first]
      local used = math.min(lot.left, wanted)
      emit {
        gain = round(used * (row.price - lot.price), 2),
        acquired_on = lot.at,
        sold = used,
        is_long = row.at - lot.at > state.days,
      }
      lot.left = lot.left - used
      wanted = wanted - used
      if lot.left <= 0 then state.first = state.first + 1 end
    end
  end,
  finish = function(state, emit)
    for i = state.first, #state.lots do
      emit { gain = 0, acquired_on = state.lots[i].at, sold = 0, is_long = false }
    end
  end,
}
