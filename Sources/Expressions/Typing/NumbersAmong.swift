import Columns

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Numbers that Lua has where a column has another type.
///
/// A column has one type; in Lua `c and row.amount or 0` is an int in some rows and a decimal in others. Nobody sees
/// that while it meets decimals or
/// is a result, but `0 / 3` is a float, and `tostring(2)` is not `tostring(2.0)`. So a script's value remembers which
/// plain numbers it may be, and
/// operations for which that makes a difference are left to the interpreter.
struct NumbersAmong {
  /// The ints (in a float or decimal column) and floats (in a decimal column); nil where they are not known before the
  /// run.
  var constants: [Scalar]?

  static let most = 16
}

extension Lowering {
  /// The numbers that a value is in Lua, where all of them are known: a numeral, or a term of a rule.
  private func knownNumbers(_ value: Value) -> [Scalar]? {
    if let among = value.numbersAmong { return among.constants }
    if let written = value.asWritten { return written.scalars }
    switch graph.constantValue(value.node) {
    case .int(let number): return [.int(number)]
    case .float(let number): return [.float(number)]
    default: return nil
    }
  }

  /// What of a value stays a plain number in Lua when a column of `type` holds it.
  func numbersAmong(_ value: Value, in type: DataType) -> NumbersAmong? {
    guard isScript else { return nil }
    if value.type?.data == type { return value.numbersAmong }
    return NumbersAmong(constants: knownNumbers(value))
  }

  func joined(_ first: NumbersAmong?, _ second: NumbersAmong?) -> NumbersAmong? {
    guard let first, let second else { return first ?? second }
    guard let a = first.constants, let b = second.constants else { return NumbersAmong() }
    return NumbersAmong(constants: a + b.filter { !a.contains($0) })
  }

  /// Whether Lua, too, has a value of the column's type in every row.
  private func isPlain(_ value: Value, _ type: DataType) -> Bool {
    value.numbersAmong == nil && (type.isDecimal ? value.type?.data.isDecimal == true : value.type?.data == type)
  }

  /// What a result of `left` and `right` has of plain numbers; nil, and a report, where it would not be Lua's in every
  /// row.
  mutating func numbersAmong(
    _ operation: Arithmetic, _ left: Value, _ right: Value, to type: DataType
  ) -> (result: NumbersAmong?, Void)? {
    guard let mixedValue = left.numbersAmong != nil ? left : right.numbersAmong != nil ? right : nil else {
      return (nil, ())
    }
    if isPlain(left, type) || isPlain(right, type) { return (nil, ()) }
    if type == .float, operation == .divide || operation == .power { return (nil, ()) }
    if let a = knownNumbers(left), let b = knownNumbers(right), a.count * b.count <= NumbersAmong.most {
      let results = a.flatMap { x in b.map { y in LuaNumber.result(operation, x, y, in: type) } }
      if !results.contains(where: { $0 == nil }) {
        let kept = results.compactMap { $0 }.filter { type.isDecimal || !LuaNumber.isFloat($0) }
        return (kept.isEmpty ? nil : NumbersAmong(constants: kept), ())
      }
    }
    _ = mixed("'\(operation.symbol)'", mixedValue)
    return nil
  }

  /// Checks that an operation on one value gives what it gives for the plain numbers among its values.
  mutating func settles(_ value: Value, for use: String, _ holds: (Scalar) -> Bool) -> Bool {
    guard let among = value.numbersAmong else { return true }
    if let constants = among.constants, constants.allSatisfy(holds) { return true }
    _ = mixed(use, value)
    return false
  }

  /// Whether floats hold the ints among a value's floats exactly, so that comparisons say the same.
  mutating func comparesAsLua(_ value: Value) -> Bool {
    guard value.type?.data == .float else { return true }
    return settles(value, for: "a comparison") {
      if case .int(let number) = $0 { number.magnitude <= 1 << 53 } else { true }
    }
  }

  /// Reports that only the interpreter can tell the numbers of a value apart.
  @discardableResult
  mutating func mixed(_ use: String, _ value: Value) -> Value? {
    let isDecimal = value.type?.data.isDecimal == true
    let kinds =
      isDecimal ? "a decimal in some rows and a plain number in others" : "an int in some rows and a float in others"
    report(
      .unsupportedExpression, "'\(source(value.range))' is \(kinds), and \(use) tells them apart", value.range,
      help: isDecimal ? "make it a decimal in every row: decimal(0) for 0" : "make it a float in every row: 0.0 for 0")
    return nil
  }
}

/// Arithmetic of Lua on ints and floats, as the interpreter does it.
enum LuaNumber {
  static func isFloat(_ number: Scalar) -> Bool { if case .float = number { true } else { false } }

  static func negated(_ number: Scalar) -> Scalar {
    switch number {
    case .int(let value): .int(0 &- value)
    case .float(let value): .float(-value)
    default: number
    }
  }

  static func absolute(_ number: Scalar) -> Scalar {
    switch number {
    case .int(let value): .int(value < 0 ? 0 &- value : value)
    case .float(let value): .float(value.magnitude)
    default: number
    }
  }

  static func float(_ number: Scalar) -> Double {
    switch number {
    case .int(let value): Double(value)
    case .float(let value): value
    default: .nan
    }
  }

  /// The decimal that a number is written as; nil where there is none of at most 15 digits.
  static func decimal(_ number: Scalar) -> ExactDecimal? {
    switch number {
    case .int(let value): ExactDecimal(value)
    case .float(let value): value == 0 && value.sign == .minus ? nil : ExactDecimal(written: value)
    default: nil
    }
  }

  /// The result in Lua, where a column of `type` has the same; else nil.
  static func result(_ operation: Arithmetic, _ left: Scalar, _ right: Scalar, in type: DataType) -> Scalar? {
    guard let number = result(operation, left, right) else { return nil }
    if type.isDecimal {
      guard let x = decimal(left), let y = decimal(right), let exact = exact(operation, x, y) else { return nil }
      return decimal(number) == exact ? number : nil
    }
    guard case .float(let column)? = result(operation, .float(float(left)), .float(float(right))) else { return nil }
    return float(number).bitPattern == column.bitPattern ? number : nil
  }

  private static func result(_ operation: Arithmetic, _ left: Scalar, _ right: Scalar) -> Scalar? {
    if case .int(let a) = left, case .int(let b) = right {
      switch operation {
      case .add: return .int(a &+ b)
      case .subtract: return .int(a &- b)
      case .multiply: return .int(a &* b)
      case .floorDivide, .modulo: return nil
      case .divide, .power: break
      }
    }
    let (a, b) = (float(left), float(right))
    switch operation {
    case .add: return .float(a + b)
    case .subtract: return .float(a - b)
    case .multiply: return .float(a * b)
    case .divide: return .float(a / b)
    case .power: return .float(b == 2 ? a * a : pow(a, b))
    case .floorDivide, .modulo: return nil
    }
  }

  private static func exact(_ operation: Arithmetic, _ left: ExactDecimal, _ right: ExactDecimal) -> ExactDecimal? {
    let scale = max(left.scale, right.scale)
    let coefficient: Int128?
    switch operation {
    case .add, .subtract:
      guard let a = left.rescaledExactly(to: scale), let b = right.rescaledExactly(to: scale) else { return nil }
      coefficient =
        operation == .add
        ? DecimalArithmetic.add(a.coefficient, b.coefficient) : DecimalArithmetic.subtract(a.coefficient, b.coefficient)
      return coefficient.map { ExactDecimal(coefficient: $0, scale: scale) }
    case .multiply:
      guard left.scale + right.scale <= 38 else { return nil }
      coefficient = DecimalArithmetic.multiply(left.coefficient, right.coefficient)
      return coefficient.map { ExactDecimal(coefficient: $0, scale: left.scale + right.scale) }
    case .divide:
      coefficient = DecimalArithmetic.divide(
        left.coefficient, scale: left.scale, by: right.coefficient, scale: right.scale, to: 18)
      return coefficient.map { ExactDecimal(coefficient: $0, scale: 18) }
    case .floorDivide, .modulo, .power: return nil
    }
  }
}
