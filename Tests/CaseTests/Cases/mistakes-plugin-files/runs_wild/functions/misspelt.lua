return func { name = "misspelled", imputs = { a = "int" }, returns = "int", value = function(a) return a end }
