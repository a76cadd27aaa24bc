import Columns

/// A value that went into or came out of a Lua state.
public indirect enum LuaValue: Sendable {
  case `nil`
  case bool(Bool)
  case int(Int64)
  case float(Double)
  case string(String)
  case decimal(ExactDecimal)
  case date(CalendarDate)
  case timestamp(Instant)
  /// Entries in order: integers ascending, then texts by bytes.
  case table([(key: LuaValue, value: LuaValue)])
  case function(LuaFunction)
}

extension LuaValue {
  /// The entry of a table under a text; `.nil` where there is none.
  public subscript(name: String) -> LuaValue {
    guard case .table(let entries) = self else { return .nil }
    for entry in entries {
      if case .string(let key) = entry.key, key == name { return entry.value }
    }
    return .nil
  }

  public var isNil: Bool { if case .nil = self { true } else { false } }
  public var asBool: Bool? { if case .bool(let value) = self { value } else { nil } }
  public var asInt: Int64? { if case .int(let value) = self { value } else { nil } }
  public var asString: String? { if case .string(let value) = self { value } else { nil } }
  public var asDate: CalendarDate? { if case .date(let value) = self { value } else { nil } }
  public var asFunction: LuaFunction? { if case .function(let value) = self { value } else { nil } }

  /// The values at 1, 2, …, where the table has no other keys.
  public var asArray: [LuaValue]? {
    guard case .table(let entries) = self else { return nil }
    for (index, entry) in entries.enumerated() {
      guard case .int(let key) = entry.key, key == Int64(index + 1) else { return nil }
    }
    return entries.map(\.value)
  }

  /// The entries whose key is a text.
  public var namedEntries: [(name: String, value: LuaValue)] {
    guard case .table(let entries) = self else { return [] }
    return entries.compactMap { entry in entry.key.asString.map { ($0, entry.value) } }
  }

  /// A decimal, an int, or a float as it is written with at most 15 digits.
  public var asDecimal: ExactDecimal? {
    switch self {
    case .decimal(let value): value
    case .int(let value): ExactDecimal(value)
    case .float(let value): ExactDecimal(written: value)
    default: nil
    }
  }

  /// An int or a float as a float.
  var asFloat: Double? {
    switch self {
    case .int(let value): Double(value)
    case .float(let value): value
    default: nil
    }
  }

  var isFloat: Bool { if case .float = self { true } else { false } }

  /// Equality as `eq` has it: numbers of any types by value, a day beside a timestamp or a text as that day.
  func isEqualByValue(to other: LuaValue) -> Bool {
    switch (self, other) {
    case (.int(let int), .float(let float)), (.float(let float), .int(let int)):
      return Int64(exactly: float) == int
    case (.float(let a), .float(let b)): return a == b
    case (.decimal, _), (_, .decimal):
      guard let a = asDecimal, let b = other.asDecimal else { return false }
      return a == b
    case (.date(let day), .timestamp(let instant)), (.timestamp(let instant), .date(let day)):
      return Int64(day.days) * Instant.microsecondsPerDay == instant.microseconds
    case (.date(let day), .string(let text)), (.string(let text), .date(let day)): return CalendarDate(text) == day
    default: return self == other
    }
  }

  /// An array.
  public static func array(_ values: [LuaValue]) -> LuaValue {
    .table(values.enumerated().map { (key: .int(Int64($0.offset + 1)), value: $0.element) })
  }

  /// A table with texts as keys.
  public static func record(_ entries: [(String, LuaValue)]) -> LuaValue {
    .table(entries.map { (key: .string($0.0), value: $0.1) })
  }

  public init(_ scalar: Scalar) {
    self =
      switch scalar {
      case .missing: .nil
      case .bool(let value): .bool(value)
      case .int(let value): .int(value)
      case .float(let value): .float(value)
      case .decimal(let value): .decimal(value)
      case .string(let value): .string(value)
      case .date(let value): .date(value)
      case .timestamp(let value): .timestamp(value)
      case .list(let values): .array(values.map { LuaValue($0) })
      }
  }

  /// What scripts call its type.
  public var typeName: String {
    switch self {
    case .nil: "nil"
    case .bool: "boolean"
    case .int, .float: "number"
    case .string: "string"
    case .decimal: "decimal"
    case .date: "date"
    case .timestamp: "timestamp"
    case .table: "table"
    case .function: "function"
    }
  }
}

extension LuaValue: Equatable {
  public static func == (left: LuaValue, right: LuaValue) -> Bool {
    switch (left, right) {
    case (.nil, .nil): true
    case (.bool(let a), .bool(let b)): a == b
    case (.int(let a), .int(let b)): a == b
    case (.float(let a), .float(let b)): a == b
    case (.string(let a), .string(let b)): a.utf8.elementsEqual(b.utf8)  // as Lua has it, not as Unicode does
    case (.decimal(let a), .decimal(let b)): a == b
    case (.date(let a), .date(let b)): a == b
    case (.timestamp(let a), .timestamp(let b)): a == b
    case (.function(let a), .function(let b)): a == b
    case (.table(let a), .table(let b)):
      a.count == b.count && zip(a, b).allSatisfy { $0.key == $1.key && $0.value == $1.value }
    default: false
    }
  }
}

extension ExactDecimal {
  /// The decimal that a float is written as: its shortest digits, nil where those are more than 15.
  public init?(written value: Double) {
    guard value.isFinite else { return nil }
    var text = value.description
    var exponent = 0
    if let mark = text.firstIndex(where: { $0 == "e" || $0 == "E" }) {
      exponent = Int(text[text.index(after: mark)...]) ?? 0
      text = String(text[..<mark])
    }
    guard let digits = ExactDecimal(text)?.normalized, digits.precision <= 15 else { return nil }
    let scale = digits.scale - exponent
    if scale < 0 {
      guard -scale <= 38,
        let scaled = DecimalArithmetic.multiply(digits.coefficient, DecimalArithmetic.powerOfTen(-scale))
      else { return nil }
      self.init(coefficient: scaled, scale: 0)
    } else {
      guard scale <= 38 else { return nil }
      self.init(coefficient: digits.coefficient, scale: scale)
    }
  }
}

/// A function of a script, valid in the state that made it.
///
/// Another state that loads the same files in the same order gives it the same number, so it can be called there as well.
public struct LuaFunction: Sendable, Hashable {
  public let number: Int32
  public let path: String
  public let firstLine: Int
  public let lastLine: Int
  public let parameterCount: Int

  public init(number: Int32, path: String, firstLine: Int, lastLine: Int, parameterCount: Int) {
    self.number = number
    self.path = path
    self.firstLine = firstLine
    self.lastLine = lastLine
    self.parameterCount = parameterCount
  }
}
