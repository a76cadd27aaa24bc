-- A line for the account, one for the balance before, one for each booking; amounts have a comma, C is in and D is out.
return source {
  name = "statement",
  title = "Bank statement",
  columns = { account = "string", booked_on = "date?", kind = "string", amount = "decimal(14,2) EUR", purpose = "string?" },
  rows = function(input, emit)
    local account
    for line in input.lines do
      local tag, rest = line:match("^:(%d+):(.*)$")
      if tag == "25" then
        account = rest
      elseif tag == "60" or tag == "61" then
        local day, side, amount, purpose = rest:match("^(%d*)([CD])([%d,]+) ?(.*)$")
        if not day or not amount:find("^%d+,%d%d$") then
          input.reject("an amount is C or D, euros, a comma and two digits")
        else
          emit {
            account = account,
            booked_on = day ~= "" and date(tonumber(day:sub(1, 4)), tonumber(day:sub(5, 6)), tonumber(day:sub(7, 8))) or nil,
            kind = tag == "60" and "opening" or "booking",
            amount = decimal((amount:gsub(",", "."))) * (side == "D" and -1 or 1),
            purpose = purpose ~= "" and purpose or nil,
          }
        end
      else
        input.reject("a statement has lines of 25, 60 and 61")
      end
    end
    log("read", input.name)
  end,
}
