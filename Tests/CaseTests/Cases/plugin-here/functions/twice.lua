return func { name = "twice", inputs = { n = "int" }, returns = "int", value = function(n) return n * 2 end }
