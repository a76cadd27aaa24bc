return metric {
  name = "referral_earnings",
  title = "Referral earnings",
  unit = "USD",
  definition = "2 % of what talent billed referred clients and 1 % of what referred talent billed, up to 10,000 USD for each referred party, or for each referrer where the scope says so.",
  inputs = { referral_reward = "decimal USD", cap_scope = "string" },
  aggregates = {
    capped = sum(function(row)
      if row.cap_scope == "referred" then
        return math.min(row.referral_reward, settings.referral_cap)
      end
      return row.referral_reward
    end),
    by_referrer = any(function(row)
      return row.cap_scope == "referrer"
    end),
  },
  finish = function(a)
    if a.by_referrer then
      return math.min(a.capped, settings.referral_cap)
    end
    return a.capped
  end,
  returns = "decimal USD",
}
