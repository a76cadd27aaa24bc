return func { name = "twice", inputs = { n = "int" }, returns = "int", value = function(n) return n * require("rates").two end }
