import Columns
import Memory

/// Which nodes of a program fused loops take, and in which order the rest is evaluated around them.
struct FusionPlan {
  enum Step: Sendable {
    case node(Int)
    case fused(FusedSegment)

    var nodes: [Int] {
      switch self {
      case .node(let number): [number]
      case .fused(let segment): segment.nodes
      }
    }
  }

  private let nodes: [Node]
  private let bounds: [UInt128]
  private let isOutput: [Bool]
  private var isFused: [Bool]
  /// By node: the loop that it belongs to or, of other nodes, the one before which it is evaluated.
  private var levels: [Int]

  /// - Parameter bounds: by node, what a coefficient's magnitude cannot pass.
  init(_ nodes: [Node], bounds: [UInt128], outputs: [Int]) {
    self.nodes = nodes
    self.bounds = bounds
    var isOutput = [Bool](repeating: false, count: nodes.count)
    for output in outputs { isOutput[output] = true }
    self.isOutput = isOutput
    isFused = [Bool](repeating: false, count: nodes.count)
    levels = [Int](repeating: 0, count: nodes.count)
    for number in nodes.indices {
      isFused[number] = takes(number)
      for input in nodes[number].inputs {
        levels[number] = max(levels[number], levels[input] + (isFused[input] && !isFused[number] ? 1 : 0))
      }
    }
  }

  var steps: [Step] {
    var steps: [Step] = []
    for level in 0...(levels.max() ?? 0) {
      let members = nodes.indices.filter { levels[$0] == level }
      steps += members.filter { !isFused[$0] && !isConstant($0) }.map { .node($0) }
      let fused = members.filter { isFused[$0] }
      if fused.isEmpty { continue }
      steps.append(.fused(segment(fused)))
    }
    return steps
  }

  private func segment(_ members: [Int]) -> FusedSegment {
    let own = Set(members)
    var isNeeded = isOutput
    for (number, node) in nodes.enumerated() where !own.contains(number) {
      for input in node.inputs { isNeeded[input] = true }
    }
    var building = SegmentBuilding(nodes: nodes, bounds: bounds)
    for member in members { building.add(member) }
    let results = members.filter { isNeeded[$0] }.map {
      FusedSegment.Result(node: $0, type: nodes[$0].type, isNullable: nodes[$0].isNullable)
    }
    for result in results { building.addResult(result) }
    building.loop.compact()
    return FusedSegment(
      nodes: members, loop: building.loop, sources: building.sources, results: results, tables: building.tables,
      guards: guards(members, own))
  }

  private func guards(_ members: [Int], _ own: Set<Int>) -> [Int] {
    var guards: Set<Int> = []
    for member in members where nodes[member].operation == .guarded {
      guards.formUnion(nodes[member].inputs.dropFirst().filter { !own.contains($0) && !isConstant($0) })
    }
    return guards.sorted()
  }

  // MARK: What loops take

  private func takes(_ number: Int) -> Bool {
    let node = nodes[number]
    guard FusedSegment.kind(of: node.type) != nil else { return false }
    let types = node.inputs.map { nodes[$0].type }
    let areFixed = types.allSatisfy { FusedSegment.kind(of: $0) != nil }
    switch node.operation {
    case .input, .common, .constant, .row: return false
    case .not, .and, .or, .isTrue: return true
    case .isPresent: return isText(node.inputs[0]) || areFixed
    case .select: return areFixed && (node.type != .string || node.inputs.dropFirst().allSatisfy { isOwnText($0) })
    case .guarded: return areFixed && (node.type != .string || isOwnText(node.inputs[0]))
    case .isEqual where types.contains(.string): return textComparison(node) != nil
    case .isLess, .isLessOrEqual, .isEqual: return areFixed && comparesPlainly(node, types)
    case .negate: return node.type != .int
    case .wrappingNegate: return true
    case .wrapping: return true
    case .arithmetic(let operation): return takes(operation, node, types)
    case .convert: return conversion(node, types[0]) != nil
    case .round(let mode): return areFixed && rounding(node, types[0], mode)
    case .library(let operation): return takes(operation, node, types)
    }
  }

  private func takes(_ operation: Arithmetic, _ node: Node, _ types: [DataType]) -> Bool {
    switch node.type {
    case .int, .date: return [.add, .subtract, .multiply, .floorDivide, .modulo].contains(operation)
    case .float: return [.add, .subtract, .multiply, .divide].contains(operation)
    case .decimal:
      return operation != .divide && types.allSatisfy { FusedSegment.kind(of: $0) == .int64 && $0.isDecimal }
    default: return false
    }
  }

  private func takes(_ operation: LibraryOperation, _ node: Node, _ types: [DataType]) -> Bool {
    switch operation {
    case .datePart, .periodStart, .monthEnd: types == [.date]
    case .chosenConstant(let constants):
      !constants.isEmpty && node.type != .string && !constants.contains(.missing) && !node.isNullable
    default: false
    }
  }

  private func comparesPlainly(_ node: Node, _ types: [DataType]) -> Bool {
    if types.contains(.string) { return false }
    if types[0] == types[1] { return true }
    guard case .decimal(_, let a) = types[0], case .decimal(_, let b) = types[1] else { return false }
    return SegmentBuilding.alignment(a, bounds[node.inputs[0]], b, bounds[node.inputs[1]]) != nil
  }

  /// Exact conversions that cannot fail.
  private func conversion(_ node: Node, _ from: DataType) -> Void? {
    switch (from, node.type) {
    case (.int, .float), (.date, .timestamp), (.timestamp, .date): return ()
    case (.decimal(let old, let oldScale), .decimal(let precision, let scale)):
      let isWide = old > DataType.narrowPrecision || precision > DataType.narrowPrecision
      return !isWide && scale >= oldScale && old - oldScale <= precision - scale ? () : nil
    default: return nil
    }
  }

  private func rounding(_ node: Node, _ from: DataType, _ mode: RoundingMode) -> Bool {
    guard case .decimal(let old, let oldScale) = from, case .decimal(let precision, let scale) = node.type else {
      return false
    }
    return scale >= oldScale
      ? precision - scale >= old - oldScale : old - oldScale + 1 <= precision - scale && oldScale - scale <= 18
  }

  /// A column of texts and the constant that it is compared with.
  private func textComparison(_ node: Node) -> (column: Int, text: String)? {
    SegmentBuilding.textComparison(node, nodes)
  }

  private func isConstant(_ number: Int) -> Bool {
    if case .constant = nodes[number].operation { true } else { false }
  }

  private func isText(_ number: Int) -> Bool { nodes[number].type == .string }

  /// Whether a text is one of those that the program itself writes.
  private func isOwnText(_ number: Int) -> Bool {
    switch nodes[number].operation {
    case .constant: true
    case .select, .guarded: isFused[number]
    default: false
    }
  }
}
