return transform { name = "empty", inputs = {}, outputs = {}, rnu = function() end }
