return { half = function(n) return n // 2 end }
