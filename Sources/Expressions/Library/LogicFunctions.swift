import Columns

extension FunctionLibrary {
  static let logicFunctions: [LibraryFunction] = [
    LibraryFunction("eq", counts: 2...2) {
      lowering, site in
      lowering.equalOrBothMissing(site.arguments[0], site.arguments[1], site.range)
    },
    LibraryFunction("is_nil", counts: 1...1) { lowering, site in
      let missing = Value(node: lowering.graph.constant(.missing, .bool), type: nil, range: site.range)
      return lowering.equality(site.arguments[0], missing, site.range)
    },
    LibraryFunction("one_of", counts: 2...Int.max) { lowering, site in
      let x = site.arguments[0]
      if x.type?.data == .string, lowering.isKnownPresent(x) {
        let texts = site.arguments.dropFirst().compactMap { argument -> String? in
          if case .string(let text) = lowering.graph.constantValue(argument.node) { text } else { nil }
        }
        if texts.count == site.arguments.count - 1 {
          return lowering.bool(.library(.text(.oneOf(texts))), [x.node], site.range)
        }
      }
      var result: Value?
      for candidate in site.arguments.dropFirst() {
        guard let same = lowering.equalOrBothMissing(x, candidate, candidate.range) else { return nil }
        result = result.map { lowering.bool(.or, [$0.node, same.node], site.range) } ?? same
      }
      result?.whenTrue = []
      return result
    },
  ]
}

extension Lowering {
  fileprivate mutating func equalOrBothMissing(_ left: Value, _ right: Value, _ range: Range<Int>) -> Value? {
    left.type == nil || right.type == nil ? equality(left, right, range) : equal(left, right, range)
  }
}
