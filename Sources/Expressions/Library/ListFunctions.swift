import Columns

extension FunctionLibrary {
  static let listFunctions: [LibraryFunction] = [
    LibraryFunction("len", counts: 1...1) { lowering, site in
      guard let x = lowering.present(site.arguments[0]), let type = x.type else { return nil }
      if case .list = type.data {
        return lowering.make(.library(.listLength), [x.node], ValueType(.int), site.range)
      }
      guard let text = lowering.text(x, for: "len") else { return nil }
      return lowering.make(.library(.text(.length)), [text.node], ValueType(.int), site.range)
    },
    LibraryFunction("contains", counts: 2...2) {
      lowering, site in
      guard let x = lowering.present(site.arguments[0]), let part = lowering.present(site.arguments[1]) else {
        return nil
      }
      if case .list(let element) = x.type?.data {
        guard let wanted = lowering.adapted(part, to: ValueType(element)) else { return nil }
        return lowering.bool(.library(.listContains), [x.node, wanted.node], site.range)
      }
      guard let text = lowering.text(x, for: "contains"), let other = lowering.text(part, for: "contains") else {
        return nil
      }
      return lowering.bool(.library(.text(.contains)), [text.node, other.node], site.range)
    },
  ]
}

extension Evaluation {
  func listFunction(_ operation: LibraryOperation, _ inputs: [Evaluated]) -> Evaluated {
    let lists = inputs[0].lists
    if operation == .listLength {
      return result(.ints((0..<lists.count).map { Int64(lists.range(of: $0).count) }), from: inputs)
    }
    let size = inputs.allSatisfy(\.isConstant) ? 1 : count
    let wanted = Column(inputs[1].values)
    let element = lists.element
    if inputs[1].isConstant, case .texts(let texts) = element.values {
      let holds = self.texts(texts, equal: wanted.scalar(0).text)
      let found = (0..<size).map { row in lists.range(of: inputs[0].isConstant ? 0 : row).contains { holds[$0] } }
      return result(.bools(found), from: inputs)
    }
    let found = (0..<size).map { row in
      let value = wanted.scalar(inputs[1].isConstant ? 0 : row)
      return lists.range(of: inputs[0].isConstant ? 0 : row).contains { element.scalar($0) == value }
    }
    return result(.bools(found), from: inputs)
  }
}
