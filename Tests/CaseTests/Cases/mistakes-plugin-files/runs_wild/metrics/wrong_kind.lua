return func { name = "wrong_kind" }
