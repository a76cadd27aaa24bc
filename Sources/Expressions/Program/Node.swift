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
  /// A result that was computed for several programs, by its number.
  case common(Int)
  case constant(Scalar)
  /// To the node's type, exactly; an error where digits would be lost.
  case convert
  /// To the node's scale.
  case round(RoundingMode)
  case arithmetic(Arithmetic)
  case negate
  /// Of ints, modulo 2^64 as Lua has it.
  case wrapping(Arithmetic)
  case wrappingNegate
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
  /// The first input, failing where any of the others does: they were computed before it, and Lua would not have come
  /// this far.
  case guarded
  case library(LibraryOperation)
  /// An interpreted function, by its number in the program.
  case row(Int)
}

extension Operation {
  /// Whether it can fail by itself; true where that is not known.
  func canFail(_ node: Node, _ types: [DataType]) -> Bool {
    switch self {
    case .input, .common, .constant, .isLess, .isLessOrEqual, .isEqual, .not, .and, .or, .isTrue, .isPresent, .select,
      .guarded,
      .wrappingNegate:
      false
    case .negate: node.type == .int
    case .wrapping(let operation): operation == .floorDivide || operation == .modulo
    case .arithmetic(let operation):
      switch node.type {
      case .float: false
      case .decimal(let precision, _): operation == .divide || precision == DataType.maximumPrecision
      default: types.first != .date || node.type != .int
      }
    case .convert:
      switch (types[0], node.type) {
      case (.decimal(let old, let oldScale), .decimal(let new, let scale)):
        old - oldScale > new - scale || scale < oldScale
      case (.int, .decimal(let precision, let scale)): precision - scale < 19
      case (.float, .decimal), (.decimal, .int): true
      default: false
      }
    case .round, .row: true
    case .library(let operation): operation.canFail
    }
  }
}

enum Arithmetic: Hashable, Sendable {
  case add, subtract, multiply, divide, floorDivide, modulo, power

  /// As Lua writes it.
  var symbol: String {
    switch self {
    case .add: "+"
    case .subtract: "-"
    case .multiply: "*"
    case .divide: "/"
    case .floorDivide: "//"
    case .modulo: "%"
    case .power: "^"
    }
  }
}

/// Nodes, each once: what is written twice is computed once, and what is constant is computed now.
struct Graph: Sendable {
  private(set) var nodes: [Node] = []
  /// By node: whether it can fail in some row.
  private var isFallible: [Bool] = []
  private var numbers: [Node: Int] = [:]
  /// What a number's magnitude (of a decimal: its coefficient's) cannot pass, where that is known better than by type.
  private var bounds: [Int: UInt128] = [:]

  subscript(number: Int) -> Node { nodes[number] }

  mutating func add(_ operation: Operation, _ inputs: [Int] = [], _ type: DataType, isNullable: Bool = false) -> Int {
    let node = Node(operation: operation, inputs: inputs, type: type, isNullable: isNullable)
    if let known = numbers[node] { return known }
    if let folded = folded(node) { return constant(folded, type, isNullable: isNullable) }
    nodes.append(node)
    isFallible.append(operation.canFail(node, inputs.map { nodes[$0].type }) || inputs.contains { isFallible[$0] })
    numbers[node] = nodes.count - 1
    return nodes.count - 1
  }

  func canFail(_ number: Int) -> Bool { isFallible[number] }

  /// The nodes that a node fails with, whichever way it is computed: not those that only one side of a choice looks at.
  func strictInputs(of number: Int) -> Set<Int> {
    var found: Set<Int> = [number]
    var waiting = [number]
    while let next = waiting.popLast() {
      let inputs =
        switch nodes[next].operation {
        case .select, .and, .or: Array(nodes[next].inputs.prefix(1))
        default: nodes[next].inputs
        }
      for input in inputs where found.insert(input).inserted { waiting.append(input) }
    }
    return found
  }

  mutating func constant(_ value: Scalar, _ type: DataType, isNullable: Bool = false) -> Int {
    let isNullable = value == .missing
    let node = Node(operation: .constant(value), inputs: [], type: type, isNullable: isNullable)
    // Minus zero equals zero, and is another constant.
    let isMinusZero = if case .float(let number) = value { number == 0 && number.sign == .minus } else { false }
    if !isMinusZero, let known = numbers[node] { return known }
    nodes.append(node)
    isFallible.append(false)
    if !isMinusZero { numbers[node] = nodes.count - 1 }
    return nodes.count - 1
  }

  /// What the magnitude of a node's coefficient cannot pass.
  func bound(_ number: Int) -> UInt128 {
    bounds[number] ?? Self.bound(of: nodes[number])
  }

  /// What the magnitude of a coefficient cannot pass by type.
  static func bound(of node: Node) -> UInt128 {
    switch (node.operation, node.type) {
    case (.constant(.missing), _): return 0
    case (.constant(.int(let value)), .int): return UInt128(value.magnitude)
    case (.constant(.decimal(let value)), .decimal(let precision, let scale)):
      return value.rescaledExactly(to: scale)?.coefficient.magnitude ?? bound(ofPrecision: precision)
    case (_, .decimal(let precision, _)): return bound(ofPrecision: precision)
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
