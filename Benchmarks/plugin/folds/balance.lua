-- A client's balance: what is billed less what is paid, and how often it stood above a limit.
return fold {
  name = "balance",
  inputs = { hours = "decimal(6,2)", rate = "decimal(8,2)", status = "string" },
  outputs = { balance = "decimal(18,4)", above = "int" },
  init = function(settings)
    return { balance = decimal(0), above = 0 }
  end,
  step = function(state, row, emit)
    local amount = row.hours * row.rate
    if row.status == "open" then
      state.balance = state.balance - amount
    elseif row.status == "paid" then
      state.balance = state.balance + amount
    end
    if state.balance > 1000000 then state.above = state.above + 1 end
    emit { balance = state.balance, above = state.above }
  end,
}
