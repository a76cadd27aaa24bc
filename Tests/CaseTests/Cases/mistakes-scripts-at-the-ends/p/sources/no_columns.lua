return source { rows = function(input, emit) end }
