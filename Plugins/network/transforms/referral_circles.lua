-- Which referrals close a circle: a brought b, b brought c, c brought a. Each party was brought by one member at most, so
-- every walk from a party to who brought it, and on, either ends or comes round; each party is walked through once.
return transform {
  name = "referral_circles",
  title = "Referral circles",
  definition = "Whether a referral is one of a circle, in which everybody was brought by another of it.",
  inputs = { referral_id = "int", referrer_id = "int", referred_id = "int" },
  outputs = { referral_id = "int", in_circle = "bool" },
  run = function(rows, emit)
    local referrer, walk, circle = {}, {}, {}
    for _, row in ipairs(rows) do
      referrer[row.referred_id] = row.referrer_id
    end
    for number, row in ipairs(rows) do
      local at = row.referred_id
      while at and not walk[at] do
        walk[at] = number
        at = referrer[at]
      end
      if at and walk[at] == number then
        local first = at
        repeat
          circle[at] = true
          at = referrer[at]
        until at == first
      end
    end
    for _, row in ipairs(rows) do
      emit { referral_id = row.referral_id, in_circle = circle[row.referred_id] or false }
    end
  end,
}
