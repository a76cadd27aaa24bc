return source { columns = { at = "dat" }, row = function(input, emit) end }
