import CFold

/// The code of a fold for `FoldMachine`: what runs for a key's state, for each row and at the key's end.
///
/// Registers below `firstConstant` are the code's own, register 0 the state; those from it on stand for constants.
public struct FoldCode: Sendable {
  public typealias Register = Int

  /// Operands are named as in `CFold.h`.
  public enum Operation: Sendable {
    case move, column, getField, setField, getItem, setItem, length, tableOf, freeze
    case add, subtract, multiply, divide, floorDivide, modulo, power, negate
    case not, equal, less, lessOrEqual
    case jump, jumpTrue, jumpFalse, jumpEqual, jumpLess, jumpLessOrEqual
    case `repeat`, forPrepare, forRepeat
    case least, greatest, absolute, floor, ceiling, round, insert, remove
    case call, emit, emitTable, giveUp, `return`
  }

  /// A column of what is emitted.
  public struct Output: Sendable {
    public enum Kind: Sendable {
      case bool, int, float, text, date, timestamp
      case decimal(precision: Int, scale: Int)
    }

    public var name: String
    public var kind: Kind
    public var isNullable: Bool

    public init(name: String, kind: Kind, isNullable: Bool) {
      self.name = name
      self.kind = kind
      self.isNullable = isNullable
    }
  }

  /// Where code begins.
  public enum Entry: Sendable { case prepare, initial, step, finish }

  public static let firstConstant = 0x8000

  private(set) var instructions: [weir_fold_instruction] = []
  private(set) var constants: [FoldValue] = []
  private var knownConstants: [FoldValue: Register] = [:]
  private(set) var names: [String] = []
  private var knownNames: [String: Int] = [:]
  private(set) var shapes: [[Int]] = []
  private(set) var entries: [Entry: Int] = [:]
  private(set) var registerCount = 1
  public let outputs: [Output]

  public init(outputs: [Output]) {
    self.outputs = outputs
    for part in ["year", "quarter", "month", "day"] + outputs.map(\.name) { _ = name(part) }
  }

  /// The place of the next instruction.
  public var place: Int { instructions.count }

  /// Code of one of the entries begins here.
  public mutating func begin(_ entry: Entry) { entries[entry] = place }

  /// Appends an instruction; gives its place.
  @discardableResult
  public mutating func add(_ operation: Operation, _ a: Int = 0, _ b: Int = 0, _ c: Int = 0, d: Int = 0) -> Int {
    for operand in [a, b, c] {
      precondition((0...Int(UInt16.max)).contains(operand))
      if operand < Self.firstConstant { registerCount = max(registerCount, operand + 1) }
    }
    instructions.append(
      weir_fold_instruction(
        operation: UInt16(operation.code.rawValue), a: UInt16(a), b: UInt16(b), c: UInt16(c), d: Int32(d)))
    return place - 1
  }

  /// Lets jumps go to where the next instruction will stand.
  public mutating func land(_ jumps: [Int]) {
    for jump in jumps { instructions[jump].d = Int32(place) }
  }

  /// Registers up to this one are used, by operands that are several registers as well.
  public mutating func reserve(_ register: Register) { registerCount = max(registerCount, register + 1) }

  /// The register of a constant.
  public mutating func constant(_ value: FoldValue) -> Register {
    if let known = knownConstants[value] { return known }
    let register = slot(value)
    knownConstants[value] = register
    return register
  }

  /// A register of its own that `prepare` fills.
  public mutating func preparedConstant() -> Register { slot(.nil) }

  private mutating func slot(_ value: FoldValue) -> Register {
    constants.append(value)
    return Self.firstConstant + constants.count - 1
  }

  /// The number of a field's name.
  public mutating func name(_ text: String) -> Int {
    if let known = knownNames[text] { return known }
    names.append(text)
    knownNames[text] = names.count - 1
    return names.count - 1
  }

  /// The number that a field's name has.
  func number(of name: String) -> Int {
    guard let number = knownNames[name] else { preconditionFailure("the name of an output has a number") }
    return number
  }

  /// The number of a shape of tables.
  public mutating func shape(_ names: [Int]) -> Int {
    if let known = shapes.firstIndex(of: names) { return known }
    shapes.append(names)
    return shapes.count - 1
  }

  /// The instructions with constants in the registers behind the code's own.
  var placed: [weir_fold_instruction] {
    func moved(_ operand: UInt16) -> UInt16 {
      Int(operand) < Self.firstConstant ? operand : UInt16(Int(operand) - Self.firstConstant + registerCount)
    }
    return instructions.map { instruction in
      var instruction = instruction
      instruction.a = moved(instruction.a)
      instruction.b = moved(instruction.b)
      instruction.c = moved(instruction.c)
      return instruction
    }
  }

  /// Whether everything has a number that instructions can hold.
  public var fits: Bool {
    registerCount + constants.count < Self.firstConstant && names.count < 4096 && place < 100_000
  }
}

/// A value of a fold's code that is no table.
public enum FoldValue: Sendable, Hashable {
  case `nil`
  case bool(Bool)
  case int(Int64)
  /// By its bits.
  case float(UInt64)
  case decimal(Int128, scale: Int)
  case text([UInt8])
  /// Days since 1970-01-01.
  case date(Int32)
  /// Microseconds since 1970-01-01T00:00:00Z.
  case timestamp(Int64)
}

extension FoldCode.Operation {
  fileprivate var code: weir_fold_operation {
    switch self {
    case .move: WEIR_FOLD_MOVE
    case .column: WEIR_FOLD_COLUMN
    case .getField: WEIR_FOLD_GET_FIELD
    case .setField: WEIR_FOLD_SET_FIELD
    case .getItem: WEIR_FOLD_GET_ITEM
    case .setItem: WEIR_FOLD_SET_ITEM
    case .length: WEIR_FOLD_LENGTH
    case .tableOf: WEIR_FOLD_TABLE_OF
    case .freeze: WEIR_FOLD_FREEZE
    case .add: WEIR_FOLD_ADD
    case .subtract: WEIR_FOLD_SUBTRACT
    case .multiply: WEIR_FOLD_MULTIPLY
    case .divide: WEIR_FOLD_DIVIDE
    case .floorDivide: WEIR_FOLD_FLOOR_DIVIDE
    case .modulo: WEIR_FOLD_MODULO
    case .power: WEIR_FOLD_POWER
    case .negate: WEIR_FOLD_NEGATE
    case .not: WEIR_FOLD_NOT
    case .equal: WEIR_FOLD_EQUAL
    case .less: WEIR_FOLD_LESS
    case .lessOrEqual: WEIR_FOLD_LESS_OR_EQUAL
    case .jump: WEIR_FOLD_JUMP
    case .jumpTrue: WEIR_FOLD_JUMP_TRUE
    case .jumpFalse: WEIR_FOLD_JUMP_FALSE
    case .jumpEqual: WEIR_FOLD_JUMP_EQUAL
    case .jumpLess: WEIR_FOLD_JUMP_LESS
    case .jumpLessOrEqual: WEIR_FOLD_JUMP_LESS_OR_EQUAL
    case .repeat: WEIR_FOLD_REPEAT
    case .forPrepare: WEIR_FOLD_FOR_PREPARE
    case .forRepeat: WEIR_FOLD_FOR_REPEAT
    case .least: WEIR_FOLD_LEAST
    case .greatest: WEIR_FOLD_GREATEST
    case .absolute: WEIR_FOLD_ABSOLUTE
    case .floor: WEIR_FOLD_FLOOR
    case .ceiling: WEIR_FOLD_CEILING
    case .round: WEIR_FOLD_ROUND
    case .insert: WEIR_FOLD_INSERT
    case .remove: WEIR_FOLD_REMOVE
    case .call: WEIR_FOLD_CALL
    case .emit: WEIR_FOLD_EMIT
    case .emitTable: WEIR_FOLD_EMIT_TABLE
    case .giveUp: WEIR_FOLD_GIVE_UP
    case .return: WEIR_FOLD_RETURN
    }
  }
}
