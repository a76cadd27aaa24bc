import Columns
import Memory

/// Turns nodes into a loop, one after the other.
struct SegmentBuilding {
  private let nodes: [Node]
  private let bounds: [UInt128]
  var loop = FusedLoop()
  private(set) var sources: [FusedSegment.Source] = []
  private(set) var tables: [[Int64]] = []
  /// By node: its values, and whether there is one where that is not always so.
  private var values: [Int: FusedLoop.Register] = [:]
  private var presences: [Int: FusedLoop.Register] = [:]
  private var constants: [Int64: FusedLoop.Register] = [:]

  init(nodes: [Node], bounds: [UInt128]) {
    self.nodes = nodes
    self.bounds = bounds
  }

  mutating func addResult(_ result: FusedSegment.Result) {
    guard let kind = FusedSegment.kind(of: result.type) else { preconditionFailure("loops give \(result.type)") }
    loop.addOutput(value(result.node), as: kind)
    if result.isNullable { loop.addOutput(presence(result.node), as: .bool) }
  }

  mutating func add(_ number: Int) {
    let node = nodes[number]
    let types = node.inputs.map { nodes[$0].type }
    if node.isNullable, let presence = presenceOfResult(node) { presences[number] = presence }
    values[number] =
      switch node.operation {
      case .isPresent: presence(node.inputs[0])
      case .isTrue: loop.add(.and, value(node.inputs[0]), presence(node.inputs[0]))
      case .not: loop.add(.not, value(node.inputs[0]))
      case .and: loop.add(.and, value(node.inputs[0]), value(node.inputs[1]))
      case .or: loop.add(.or, value(node.inputs[0]), value(node.inputs[1]))
      case .guarded: value(node.inputs[0])
      case .select: loop.add(.select, value(node.inputs[0]), value(node.inputs[1]), value(node.inputs[2]))
      case .isEqual: equality(node, types)
      case .isLess, .isLessOrEqual: comparison(node, types)
      case .negate, .wrappingNegate:
        loop.add(node.type == .float ? .floatNegate : .negate, value(node.inputs[0]))
      case .wrapping(let operation): wrapping(operation, value(node.inputs[0]), value(node.inputs[1]))
      case .arithmetic(let operation): arithmetic(operation, node)
      case .convert: conversion(node, types[0])
      case .round(let mode): rounding(node, types[0], mode)
      case .library(let operation): lookUp(operation, node)
      case .input, .common, .constant, .row: preconditionFailure("not of a loop")
      }
  }

  // MARK: Operands

  private mutating func input(_ source: FusedSegment.Source) -> FusedLoop.Register {
    sources.append(source)
    return loop.addInput()
  }

  private mutating func constant(_ value: Int64) -> FusedLoop.Register {
    if let known = constants[value] { return known }
    let register = input(.constant(value))
    constants[value] = register
    return register
  }

  private mutating func value(_ number: Int) -> FusedLoop.Register {
    if let known = values[number] { return known }
    let register: FusedLoop.Register
    if case .constant(let scalar) = nodes[number].operation {
      if nodes[number].type == .string {
        register = input(.ownText(scalar == .missing ? "" : scalar.text))
      } else {
        register = constant(Self.word(scalar, nodes[number].type))
      }
    } else {
      register = input(.values(node: number))
    }
    values[number] = register
    return register
  }

  private mutating func presence(_ number: Int) -> FusedLoop.Register {
    if let known = presences[number] { return known }
    let node = nodes[number]
    let register: FusedLoop.Register
    if case .constant(let scalar) = node.operation {
      register = constant(scalar == .missing ? 0 : 1)
    } else if node.isNullable, values[number] == nil || isSource(number) {
      register = input(.presence(node: number))
    } else {
      register = constant(1)
    }
    presences[number] = register
    return register
  }

  private func isSource(_ number: Int) -> Bool {
    sources.contains { if case .values(number) = $0 { true } else { false } }
  }

  private mutating func presenceOfResult(_ node: Node) -> FusedLoop.Register? {
    switch node.operation {
    case .select:
      let (then, otherwise) = (presence(node.inputs[1]), presence(node.inputs[2]))
      return then == otherwise ? then : loop.add(.select, value(node.inputs[0]), then, otherwise)
    case .guarded, .convert, .round: return presence(node.inputs[0])
    default: return nil
    }
  }

  /// A constant as a register holds it.
  static func word(_ scalar: Scalar, _ type: DataType) -> Int64 {
    switch (scalar, type) {
    case (.missing, _): return 0
    case (.bool(let value), _): return value ? 1 : 0
    case (.float(let value), _): return Int64(bitPattern: value.bitPattern)
    case (.decimal(let value), .decimal(_, let scale)):
      guard let coefficient = value.rescaledExactly(to: scale)?.coefficient, let word = Int64(exactly: coefficient)
      else { preconditionFailure("a narrow decimal has 64 bits") }
      return word
    case (.int(let value), .decimal(_, let scale)): return value * Int64(DecimalArithmetic.powerOfTen(scale))
    case (.int(let value), _): return value
    case (.date(let value), _): return Int64(value.days)
    case (.timestamp(let value), _): return value.microseconds
    default: preconditionFailure("a constant of a loop is a number, a bool or a time")
    }
  }

  // MARK: Comparing

  private mutating func equality(_ node: Node, _ types: [DataType]) -> FusedLoop.Register {
    let (left, right) = (node.inputs[0], node.inputs[1])
    var isEqual: FusedLoop.Register
    if let (column, text) = Self.textComparison(node, nodes) {
      isEqual = loop.add(.equal, value(column), input(.text(text, inColumn: column)))
    } else if types[0] == .float {
      isEqual = loop.add(.floatEqual, value(left), value(right))
    } else {
      let (a, b) = aligned(node, types)
      isEqual = loop.add(.equal, a, b)
    }
    if !nodes[left].isNullable, !nodes[right].isNullable { return isEqual }
    let (a, b) = (presence(left), presence(right))
    let (both, same) = (loop.add(.and, a, b), loop.add(.equal, a, b))
    isEqual = loop.add(.select, both, isEqual, same)
    return isEqual
  }

  private mutating func comparison(_ node: Node, _ types: [DataType]) -> FusedLoop.Register {
    let orEqual = node.operation == .isLessOrEqual
    if types[0] == .float {
      return loop.add(
        orEqual ? .floatLessOrEqual : .floatLess, value(node.inputs[0]), value(node.inputs[1]))
    }
    let (a, b) = aligned(node, types)
    return loop.add(orEqual ? .lessOrEqual : .less, a, b)
  }

  /// The operands of a comparison, decimals at one scale.
  private mutating func aligned(_ node: Node, _ types: [DataType]) -> (FusedLoop.Register, FusedLoop.Register) {
    let (left, right) = (node.inputs[0], node.inputs[1])
    let (a, b) = (value(left), value(right))
    guard case .decimal(_, let first) = types[0], case .decimal(_, let second) = types[1],
      let (x, y) = Self.alignment(first, bounds[left], second, bounds[right])
    else { return (a, b) }
    return (x == 1 ? a : loop.add(.multiply, a, constant(x)), y == 1 ? b : loop.add(.multiply, b, constant(y)))
  }

  /// What brings coefficients of two scales to one; nil where they might not fit 64 bits then.
  static func alignment(_ first: Int, _ firstBound: UInt128, _ second: Int, _ secondBound: UInt128) -> (Int64, Int64)? {
    guard abs(first - second) <= DataType.narrowPrecision else { return nil }
    let factor = DecimalArithmetic.powerOfTen(abs(first - second))
    let (scaled, overflow) = (first < second ? firstBound : secondBound).multipliedReportingOverflow(
      by: factor.magnitude)
    guard !overflow, scaled <= UInt128(Int64.max) else { return nil }
    return first < second ? (Int64(factor), 1) : (1, Int64(factor))
  }

  /// The column of texts and the constant that it is compared with.
  static func textComparison(_ node: Node, _ nodes: [Node]) -> (column: Int, text: String)? {
    func constant(_ number: Int) -> String? {
      if case .constant(.string(let text)) = nodes[number].operation { text } else { nil }
    }
    func isColumn(_ number: Int) -> Bool {
      switch nodes[number].operation {
      case .input, .common, .library, .row: true
      default: false
      }
    }
    let (left, right) = (node.inputs[0], node.inputs[1])
    if let text = constant(right), isColumn(left) { return (left, text) }
    if let text = constant(left), isColumn(right) { return (right, text) }
    return nil
  }

  // MARK: Numbers

  private mutating func wrapping(
    _ operation: Arithmetic, _ left: FusedLoop.Register, _ right: FusedLoop.Register
  ) -> FusedLoop.Register {
    switch operation {
    case .add: loop.add(.add, left, right)
    case .subtract: loop.add(.subtract, left, right)
    case .multiply: loop.add(.multiply, left, right)
    case .floorDivide: loop.add(.floorDivide, left, right)
    case .modulo: loop.add(.modulo, left, right)
    case .divide, .power: preconditionFailure("a float")
    }
  }

  private mutating func arithmetic(_ operation: Arithmetic, _ node: Node) -> FusedLoop.Register {
    let (left, right) = (value(node.inputs[0]), value(node.inputs[1]))
    switch (node.type, operation) {
    case (.decimal, _): return wrapping(operation, left, right)
    case (.float, .add): return loop.add(.floatAdd, left, right)
    case (.float, .subtract): return loop.add(.floatSubtract, left, right)
    case (.float, .multiply): return loop.add(.floatMultiply, left, right)
    case (.float, _): return loop.add(.floatDivide, left, right)
    case (.date, _):
      let sum = loop.add(operation == .add ? .addChecked : .subtractChecked, left, right)
      let days = Int64(CalendarDate.earliest.days)...Int64(CalendarDate.latest.days)
      return loop.add(.checkRange(days), sum)
    case (_, .add): return loop.add(.addChecked, left, right)
    case (_, .subtract): return loop.add(.subtractChecked, left, right)
    case (_, .multiply): return loop.add(.multiplyChecked, left, right)
    default: return wrapping(operation, left, right)
    }
  }

  private mutating func conversion(_ node: Node, _ from: DataType) -> FusedLoop.Register {
    let input = value(node.inputs[0])
    switch (from, node.type) {
    case (.int, .float): return loop.add(.floatOfInt, input)
    case (.date, .timestamp): return loop.add(.multiply, input, constant(Instant.microsecondsPerDay))
    case (.timestamp, .date): return loop.add(.round(by: Instant.microsecondsPerDay, .floor), input)
    default: return rescaled(input, by: (node.type.decimalScale ?? 0) - (from.decimalScale ?? 0))
    }
  }

  private mutating func rescaled(_ register: FusedLoop.Register, by digits: Int) -> FusedLoop.Register {
    digits == 0 ? register : loop.add(.multiply, register, constant(Int64(DecimalArithmetic.powerOfTen(digits))))
  }

  private mutating func rounding(_ node: Node, _ from: DataType, _ mode: RoundingMode) -> FusedLoop.Register {
    let input = value(node.inputs[0])
    let digits = (from.decimalScale ?? 0) - (node.type.decimalScale ?? 0)
    guard digits > 0 else { return rescaled(input, by: -digits) }
    let rounding: FusedLoop.Rounding =
      switch mode {
      case .halfEven: .halfEven
      case .halfUp: .halfUp
      case .halfDown: .halfDown
      case .up: .up
      case .down: .down
      case .ceiling: .ceiling
      case .floor: .floor
      }
    return loop.add(.round(by: Int64(DecimalArithmetic.powerOfTen(digits)), rounding), input)
  }

  private mutating func lookUp(_ operation: LibraryOperation, _ node: Node) -> FusedLoop.Register {
    let input = value(node.inputs[0])
    if case .chosenConstant(let constants) = operation {
      tables.append(constants.map { Self.word($0, node.type) })
      return loop.add(.lookUpClamped(table: tables.count - 1), input)
    }
    tables.append(DateTable.values(of: operation))
    return loop.add(.lookUp(table: tables.count - 1, from: Int64(DateTable.days.lowerBound)), input)
  }
}
