return func {
  name = "known", title = "Known", definition = "A code that is known.",
  inputs = { code = "string" }, returns = "string",
  value = function(code)
    if code == "?" then reject("nobody knows this code") end
    return code
  end,
}
