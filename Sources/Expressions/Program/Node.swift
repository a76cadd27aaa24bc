import Columns

/// One step of a program: an operation over the results of earlier nodes.
///
/// Types here are without unit: units are settled before the graph is made.
struct Node: Hashable, Sendable {
  var operation: Operation
  var inputs: [Int]
  var type: DataType
  var isNullable: Bool
}

enum Operation: Hashable, Sendable {
  /// A column by its position in the schema; columns of extracted calls come after the schema's.
  case input(Int)
  case constant(Scalar)
  /// To the node's type, exactly; an error where digits would be lost.
  case convert
  /// To the node's scale.
  case round(RoundingMode)
  case arithmetic(Arithmetic)
  case negate
  case isLess
  case isLessOrEqual
  /// Equality that holds for nil and nil.
  case isEqual
  case not
  case and
  case or
  /// Present and not false.
  case isTrue
  case isPresent
  /// Condition, then, otherwise: only the chosen side's errors count.
  case select
  case library(LibraryOperation)
  /// An interpreted function, by its number in the program.
  case row(Int)
}

enum Arithmetic: Hashable, Sendable {
  case add, subtract, multiply, divide, floorDivide, modulo, power
}

/// Nodes, each once: what is written twice is computed once, and what is constant is computed now.
struct Graph: Sendable {
  private(set) var nodes: [Node] = []
  private var numbers: [Node: Int] = [:]
  /// What a number's magnitude (of a decimal: its coefficient's) cannot pass, where that is known better than by type.
  private var bounds: [Int: UInt128] = [:]

  subscript(number: Int) -> Node { nodes[number] }

  mutating func add(_ operation: Operation, _ inputs: [Int] = [], _ type: DataType, isNullable: Bool = false) -> Int {
    let node = Node(operation: operation, inputs: inputs, type: type, isNullable: isNullable)
    if let known = numbers[node] { return known }
    if let folded = folded(node) { return constant(folded, type, isNullable: isNullable) }
    nodes.append(node)
    numbers[node] = nodes.count - 1
    return nodes.count - 1
  }

  mutating func constant(_ value: Scalar, _ type: DataType, isNullable: Bool = false) -> Int {
    let isNullable = value == .missing
    let node = Node(operation: .constant(value), inputs: [], type: type, isNullable: isNullable)
    if let known = numbers[node] { return known }
    nodes.append(node)
    numbers[node] = nodes.count - 1
    return nodes.count - 1
  }

  /// What the magnitude of a node's coefficient cannot pass.
  func bound(_ number: Int) -> UInt128 {
    if let known = bounds[number] { return known }
    switch (nodes[number].operation, nodes[number].type) {
    case (.constant(.missing), _): return 0
    case (.constant(.int(let value)), .int): return UInt128(value.magnitude)
    case (.constant(.decimal(let value)), .decimal(let precision, let scale)):
      return value.rescaledExactly(to: scale)?.coefficient.magnitude ?? Self.bound(ofPrecision: precision)
    case (_, .decimal(let precision, _)): return Self.bound(ofPrecision: precision)
    default: return 1 << 63
    }
  }

  private static func bound(ofPrecision precision: Int) -> UInt128 {
    DecimalArithmetic.powerOfTen(precision).magnitude - 1
  }

  mutating func limit(_ number: Int, to bound: UInt128) {
    if bound < self.bound(number) { bounds[number] = bound }
  }

  func constantValue(_ number: Int) -> Scalar? {
    if case .constant(let value) = nodes[number].operation { value } else { nil }
  }

  private func folded(_ node: Node) -> Scalar? {
    if case .row = node.operation { return nil }
    guard !node.inputs.isEmpty, node.inputs.allSatisfy({ constantValue($0) != nil }) else { return nil }
    let inputs = node.inputs.map { Evaluated.constant(constantValue($0) ?? .missing, nodes[$0].type) }
    let evaluation = Evaluation(count: 1, worker: ProgramWorker())
    let result = evaluation.apply(node, inputs, types: node.inputs.map { nodes[$0].type }, key: 0)
    return result.marks == nil ? Column(result.values, present: result.present).scalar(0) : nil
  }
}
