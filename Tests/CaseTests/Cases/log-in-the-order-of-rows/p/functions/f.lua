return func { name = "f", inputs = { n = "int" }, returns = "int", value = function(n) log("row", n) if n % 2 == 0 then log("even") end return n end }
