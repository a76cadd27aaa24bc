-- The name of an employer without its number and without commas: "Porsche Digital, Inc. (80)" and "Porsche Digital Inc. (81)" are one.
return func {
  name = "employer",
  title = "Employer",
  definition = "An employer's name without the number in ( ) at its end and without commas.",
  inputs = { name = "string" },
  returns = "string",
  value = function(name)
    local plain = string.gsub(name, ",", "")
    return string.match(plain, "^(.-)%s*%(%d+%)$") or plain
  end,
}
