-- A completed project without a date is bad data, not an active one: its row is quarantined, as is one that ends before it begins.
return func {
  name = "project_days",
  title = "Project days",
  definition = "Days from the offer to completion, or to the expected end while active; missing while no end is expected.",
  inputs = { status = "string", offered_on = "date", completed_on = "date?", expected_end = "date?" },
  returns = "int?",
  value = function(status, offered_on, completed_on, expected_end)
    local finish = expected_end
    if status == "completed" then
      if not completed_on then
        reject("a completed project has no date of completion")
      end
      finish = completed_on
    end
    if not finish then
      return nil
    end
    if finish < offered_on then
      reject("the project ends on " .. tostring(finish) .. ", before its offer on " .. tostring(offered_on))
    end
    return finish - offered_on
  end,
}
