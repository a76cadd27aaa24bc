return func {
  name = "gsv_growth",
  title = "Growth of Gross Service Value",
  definition = "Gross Service Value against that of the period before, less 1; missing where there is none, or it was zero.",
  inputs = { gsv = "decimal USD", before = "decimal? USD" },
  returns = "decimal(38,18)? share",
  value = function(gsv, before)
    local quotient = ratio(gsv, before)
    return quotient and unit(quotient - 1, "share")
  end,
}
