extension Rule {
  /// Rules with one thing less.
  var smaller: [Rule] {
    var rules = body.smaller.map { body in
      var rule = self
      rule.body = body
      return rule
    }
    if !rest.isEmpty {
      var rule = self
      rule.rest = ""
      rules.append(rule)
    }
    if returns != nil {
      var rule = self
      rule.returns = nil
      rules.append(rule)
    }
    return rules
  }

  /// The smallest rule that can be reached with `isWrong` still holding.
  func shrunk(attempts: Int = 3000, while isWrong: (Rule) -> Bool) -> Rule {
    var best = self
    var left = attempts
    search: while left > 0 {
      for candidate in best.smaller where candidate.bodyText.count < best.bodyText.count || candidate.rest != best.rest
      {
        left -= 1
        if isWrong(candidate) {
          best = candidate
          continue search
        }
        if left == 0 { break }
      }
      break
    }
    return best
  }
}

extension [Statement] {
  var smaller: [[Statement]] {
    var results: [[Statement]] = []
    for index in indices.dropLast(0) {
      if count > 1 {
        var without = self
        without.remove(at: index)
        results.append(without)
      }
      for piece in self[index].pieces {
        guard case .block(let inner) = piece else { continue }
        results.append(Array(self[..<index]) + inner + Array(self[(index + 1)...]))
      }
      for pieces in self[index].pieces.smaller {
        var changed = self
        changed[index].pieces = pieces
        results.append(changed)
      }
    }
    return results
  }
}

extension [Piece] {
  var smaller: [[Piece]] {
    var results: [[Piece]] = []
    for index in indices {
      var changed = self
      switch self[index] {
      case .text: continue
      case .block(let statements):
        for inner in statements.smaller + (statements.isEmpty ? [] : [[]]) {
          changed[index] = .block(inner)
          results.append(changed)
        }
      case .term(let term):
        for inner in term.smaller {
          changed[index] = .term(inner)
          results.append(changed)
        }
      }
    }
    return results
  }
}

extension Term {
  var smaller: [Term] {
    let inner = descendants.filter { $0.kind == kind }
    let column = RuleColumn.of(kind, isNullable: false).map { Term(kind, "row.\($0.name)") }
    let changed = pieces.smaller.map { pieces in
      var term = self
      term.pieces = pieces
      return term
    }
    return inner + column.filter { $0.text != text } + changed
  }

  private var descendants: [Term] {
    pieces.flatMap { piece -> [Term] in
      if case .term(let term) = piece { [term] + term.descendants } else { [] }
    }
  }
}
