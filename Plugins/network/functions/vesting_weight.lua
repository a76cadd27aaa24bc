-- Weights, not shares, so that a third needs no decimals: of a third at once and the rest in 3 parts, 3 of 9 at the start and 2 of 9 a month.
return func {
  name = "vesting_weight",
  title = "Weight of a month",
  definition = "How many parts of a group become free in the month of a number, counted from its start.",
  inputs = { number = "int", cliff_months = "int", parts = "int", at_start = "int", at_start_of = "int" },
  returns = "int",
  value = function(number, cliff_months, parts, at_start, at_start_of)
    if parts == 0 and at_start ~= at_start_of then
      reject("without monthly parts the group has to be free at once: at_start is not at_start_of")
    end
    if number == 0 then
      return at_start * math.max(parts, 1)
    end
    if number > cliff_months and number <= cliff_months + parts then
      return at_start_of - at_start
    end
    return 0
  end,
}
