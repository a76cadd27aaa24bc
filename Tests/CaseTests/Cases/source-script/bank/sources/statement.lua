-- Statements of a bank: a line for the account, then a line for each booking; amounts with a comma, debits marked D.
return source {
  name = "statement",
  title = "Bank statement",
  columns = {
    account = "string",
    booked_on = "date",
    amount = "decimal(14,2) EUR",
    purpose = "string?",
  },
  rows = function(input, emit)
    local account
    for line in input.lines do
      local tag, rest = line:match("^:(%w+):(.*)$")
      if tag == "25" then
        account = rest
      elseif tag == "61" then
        local day, mark, amount, purpose = rest:match("^(%d+)([CD])([%d,]+) ?(.*)$")
        if not day then
          input.reject("a booking is :61:YYYYMMDD, C or D, and an amount")
        elseif not account then
          input.reject("the booking stands before its account")
        else
          emit {
            account = account,
            booked_on = date(tonumber(day:sub(1, 4)), tonumber(day:sub(5, 6)), tonumber(day:sub(7, 8))),
            amount = decimal((amount:gsub(",", "."))) * (mark == "D" and -1 or 1),
            purpose = purpose ~= "" and purpose or nil,
          }
        end
      elseif tag ~= nil then
        input.reject("no line begins with :" .. tag .. ":")
      end
    end
  end,
}
