return { two = 2 }
