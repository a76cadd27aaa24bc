import Columns

/// An expression over columns that no row can make fail: what several programs need for the same rows is computed once.
public struct ColumnExpression: Hashable, Sendable {
  /// Each behind its inputs, the result last. Inputs are columns of the rows that the programs have in common.
  let nodes: [Node]

  /// The columns that it reads, ascending.
  public var columns: [Int] {
    nodes.compactMap { if case .input(let position) = $0.operation { position } else { nil } }.sorted()
  }

  public var operationCount: Int { nodes.count { !$0.inputs.isEmpty } }

  private var result: ValueType { ValueType(nodes.last!.type, isNullable: nodes.last!.isNullable) }

  /// As a person would write it, over columns of these names.
  public func text(_ names: [String]) -> String { text(nodes.count - 1, names, isWhole: true) }

  private func text(_ number: Int, _ names: [String], isWhole: Bool = false) -> String {
    let node = nodes[number]
    func inner(_ place: Int) -> String { text(node.inputs[place], names) }
    func call(_ name: String) -> String {
      "\(name)(\(node.inputs.map { text($0, names, isWhole: true) }.joined(separator: ", ")))"
    }
    switch node.operation {
    case .input(let position): return names.indices.contains(position) ? names[position] : "?"
    case .constant(let value): return value.text
    case .convert, .guarded, .isTrue: return text(node.inputs[0], names, isWhole: isWhole)
    case .negate, .wrappingNegate: return "-" + inner(0)
    case .arithmetic(let operation), .wrapping(let operation):
      let whole = "\(inner(0)) \(operation.symbol) \(inner(1))"
      return isWhole ? whole : "(\(whole))"
    case .library(.datePart(let part, _)): return call(part.rawValue)
    case .library(.periodStart(let grain, _, _)): return call(grain.rawValue)
    case .select: return call("choice")
    default: return call("…")
    }
  }

  /// A program with the one output.
  public var program: Program {
    Program(
      nodes: nodes, bounds: nodes.map(Graph.bound(of:)), outputNodes: [nodes.count - 1], outputs: [result],
      functions: [])
  }
}

/// The numbers of the expressions that are computed for several programs.
public typealias CommonExpressionNumbers = [ColumnExpression: Int]

extension Program {
  /// The expressions that it computes from columns alone.
  ///
  /// - Parameters:
  ///   - column: the column of the rows in common that an input is; nil where it is none.
  ///   - chosen: only these, and of one within another only the outer; nil for all.
  public func expressions(
    _ column: (Int) -> Int?, among chosen: Set<ColumnExpression>? = nil
  ) -> Set<ColumnExpression> {
    let found = columnExpressions(column)
    guard let chosen else { return Set(found.values) }
    return Set(outermost(found) { chosen.contains($0) }.values)
  }

  /// The same program, which takes results that are at hand instead of computing them.
  ///
  /// - Parameter numbers: of each expression among the results.
  public func taking(_ numbers: CommonExpressionNumbers, _ column: (Int) -> Int?) -> Program {
    let taken = outermost(columnExpressions(column)) { numbers[$0] != nil }
    guard !taken.isEmpty else { return self }
    var changed = nodes
    for (number, expression) in taken {
      changed[number].operation = .common(numbers[expression]!)
      changed[number].inputs = []
    }
    let shorter = Program(
      nodes: changed, bounds: bounds, outputNodes: outputNodes, outputs: outputs, functions: functions)
    return Program(
      nodes: nodes, bounds: bounds, outputNodes: outputNodes, outputs: outputs, functions: functions,
      whereAtHand: (shorter, Set(taken.values.map { numbers[$0]! }).sorted()))
  }

  /// By node, the expression that it is the result of. Texts stay with the program whose dictionary they stand in, and
  /// conditions cost less than keeping them.
  private func columnExpressions(_ column: (Int) -> Int?) -> [Int: ColumnExpression] {
    var areColumns = [Bool](repeating: false, count: nodes.count)
    var found: [Int: ColumnExpression] = [:]
    for (number, node) in nodes.enumerated() {
      switch node.operation {
      case .input(let position): areColumns[number] = column(position) != nil
      case .constant: areColumns[number] = true
      case .row, .common: break
      default:
        let canFail = node.operation.canFail(node, node.inputs.map { nodes[$0].type })
        areColumns[number] = !canFail && node.inputs.allSatisfy { areColumns[$0] }
        guard areColumns[number], isWorthKeeping(node) else { continue }
        let expression = expression(of: number, column)
        if !expression.columns.isEmpty { found[number] = expression }
      }
    }
    return found
  }

  private func isWorthKeeping(_ node: Node) -> Bool {
    guard FusedSegment.kind(of: node.type) != nil, node.type != .string, node.type != .bool else { return false }
    switch node.operation {
    case .arithmetic, .wrapping, .library, .select, .guarded: return true
    default: return false
    }
  }

  private func expression(of result: Int, _ column: (Int) -> Int?) -> ColumnExpression {
    var made: [Node] = []
    var places: [Int: Int] = [:]
    func add(_ number: Int) -> Int {
      if let known = places[number] { return known }
      var node = nodes[number]
      node.inputs = node.inputs.map(add)
      if case .input(let position) = node.operation { node.operation = .input(column(position)!) }
      made.append(node)
      places[number] = made.count - 1
      return made.count - 1
    }
    _ = add(result)
    return ColumnExpression(nodes: made)
  }

  /// The expressions that are chosen and do not stand within one that is, by node.
  private func outermost(
    _ found: [Int: ColumnExpression], where isChosen: (ColumnExpression) -> Bool
  ) -> [Int: ColumnExpression] {
    var taken: [Int: ColumnExpression] = [:]
    var seen: Set<Int> = []
    var waiting = outputNodes
    while let number = waiting.popLast() {
      if !seen.insert(number).inserted { continue }
      if let expression = found[number], isChosen(expression) {
        taken[number] = expression
      } else {
        waiting += nodes[number].inputs
      }
    }
    return taken
  }
}
