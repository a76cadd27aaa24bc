import Columns

extension Lowering {
  mutating func unary(_ operation: LuaUnaryOperator, _ operand: LuaExpression, _ range: Range<Int>) -> Value? {
    if operation == .length, case .table(let table) = resolvedPath(operand) {
      return lower(LuaExpression(.integer(Int64(table.items.count)), range))
    }
    guard let value = operation == .not ? lowerCondition(operand) : lower(operand) else { return nil }
    switch operation {
    case .not: return negation(of: value, range)
    case .negate:
      guard let number = number(value, for: "'-'"), let type = number.type else { return nil }
      // In Lua, the int 0 has no negative and the least int is its own; a decimal has no minus zero.
      let isLuaToo = settles(number, for: "'-'") { number in
        if number == .int(.min) { return false }
        return type.data.isDecimal ? number != .float(0) : number != .int(0)
      }
      guard isLuaToo else { return nil }
      var result = make(isScript && type.data == .int ? .wrappingNegate : .negate, [number.node], type, range)
      result.numbersAmong = number.numbersAmong.map { NumbersAmong(constants: $0.constants?.map(LuaNumber.negated)) }
      result.literal = value.literal.map { ExactDecimal(coefficient: -$0.coefficient, scale: $0.scale) }
      result.isLiteral = value.isLiteral
      return result
    case .length: return call(LuaExpression(.name("len"), range), [operand], range)
    case .bitNot:
      report(.unsupportedExpression, "bitwise operators are not columnar", range)
      return nil
    }
  }

  mutating func binary(_ operation: LuaBinaryOperator, _ left: Value, _ right: Value, _ range: Range<Int>) -> Value? {
    switch operation {
    case .add: return arithmetic(.add, left, right, range)
    case .subtract: return arithmetic(.subtract, left, right, range)
    case .multiply: return arithmetic(.multiply, left, right, range)
    case .divide: return arithmetic(.divide, left, right, range)
    case .floorDivide: return arithmetic(.floorDivide, left, right, range)
    case .modulo: return arithmetic(.modulo, left, right, range)
    case .power: return arithmetic(.power, left, right, range)
    case .less: return order(.isLess, left, right, range)
    case .lessOrEqual: return order(.isLessOrEqual, left, right, range)
    case .greater: return order(.isLess, right, left, range)
    case .greaterOrEqual: return order(.isLessOrEqual, right, left, range)
    case .equal: return equality(left, right, range)
    case .notEqual:
      return equality(left, right, range).map { negation(of: $0, range) }
    case .concatenate: return concatenation([left, right], range)
    case .and, .or, .bitAnd, .bitOr, .bitXor, .shiftLeft, .shiftRight:
      report(.unsupportedExpression, "bitwise operators are not columnar", range)
      return nil
    }
  }

  mutating func arithmetic(_ operation: Arithmetic, _ left: Value, _ right: Value, _ range: Range<Int>) -> Value? {
    if left.type?.data == .date || right.type?.data == .date { return dateArithmetic(operation, left, right, range) }
    if left.type?.data == .timestamp || right.type?.data == .timestamp {
      report(.typeMismatch, "timestamps have no arithmetic", range, help: "take its day first: date(ts)")
      return nil
    }
    let symbol = "'\(operation.symbol)'"
    let (a, b) = (number(left, for: symbol), number(right, for: symbol))
    guard let a, let b, let unit = unit(operation, a, b, range) else { return nil }
    if a.type?.data.isDecimal == true || b.type?.data.isDecimal == true {
      return decimalArithmetic(operation, a, b, unit, range)
    }
    let isInt = a.type?.data == .int && b.type?.data == .int && operation != .divide && operation != .power
    let type = ValueType(isInt ? .int : .float, unit: unit)
    let inputs = isInt ? [a.node, b.node] : [asFloat(a).node, asFloat(b).node]
    guard let among = numbersAmong(operation, a, b, to: type.data) else { return nil }
    var result = make(isInt && isScript ? .wrapping(operation) : .arithmetic(operation), inputs, type, range)
    result.numbersAmong = among.result
    result.isLiteral = a.isLiteral && b.isLiteral
    if isInt, result.isLiteral, case .int(let value) = graph.constantValue(result.node) {
      result.literal = ExactDecimal(value)
    }
    return result
  }

  mutating func asFloat(_ value: Value) -> Value {
    guard value.type?.data != .float, let type = value.type else { return value }
    return make(
      .convert, [value.node], ValueType(.float, unit: type.unit, isNullable: type.isNullable), value.range)
  }

  /// The unit of a result; nil where the operands' do not go together.
  private mutating func unit(_ operation: Arithmetic, _ left: Value, _ right: Value, _ range: Range<Int>) -> Unit? {
    let (a, b) = (left.type?.unit ?? .none, right.type?.unit ?? .none)
    switch operation {
    case .multiply: return a * b
    case .divide, .floorDivide: return a / b
    case .add, .subtract, .modulo: return common(left, right, range)
    case .power:
      guard a == .none, b == .none else {
        report(.unitMismatch, "'^' takes numbers without a unit", range)
        return nil
      }
      return a
    }
  }

  /// The unit that two values share; a literal takes the other's.
  mutating func common(_ left: Value, _ right: Value, _ range: Range<Int>) -> Unit? {
    let (a, b) = (left.type?.unit ?? .none, right.type?.unit ?? .none)
    if a == b || right.isLiteral { return a }
    if left.isLiteral { return b }
    func named(_ unit: Unit) -> String { unit == .none ? "a number without unit" : unit.description }
    report(
      .unitMismatch, "\(named(a)) and \(named(b)) do not go together", range,
      help: "convert one by a rate, or relabel it: unit(x, \"\(b == .none ? a : b)\")")
    return nil
  }

  // MARK: Decimals

  /// A number as a decimal: ints and numerals exactly, computed floats not at all.
  mutating func asDecimal(_ value: Value) -> Value? {
    guard let type = value.type else { return nil }
    if let written = value.asWritten {
      var result = self.value(
        written.node, ValueType(written.type, unit: type.unit, isNullable: type.isNullable), value.range)
      result.isLiteral = value.isLiteral
      return result
    }
    switch type.data {
    case .decimal: return value
    case _ where value.literal != nil:
      guard let written = value.literal?.normalized else { return nil }
      if isScript, type.data == .float, case .float(let number) = graph.constantValue(value.node),
        ExactDecimal(written: number)?.normalized != written
      {
        report(
          .computedFloat, "a numeral of more than 15 digits meets a decimal", value.range,
          help: "write decimal(\"\(source(value.range))\")")
        return nil
      }
      let precision = max(written.precision, written.scale, 1)
      var result = constant(
        .decimal(written), ValueType(.decimal(precision: precision, scale: written.scale), unit: type.unit), value.range
      )
      result.literal = written
      result.isLiteral = value.isLiteral
      return result
    case .int:
      return make(
        .convert, [value.node],
        ValueType(.decimal(precision: 19, scale: 0), unit: type.unit, isNullable: type.isNullable), value.range)
    case .float:
      report(
        .computedFloat, "'\(source(value.range))' is a float and meets a decimal", value.range,
        help: "convert it where its digits are known: decimal(\(source(value.range)))")
      return nil
    default:
      report(.typeMismatch, "a number is wanted, not \(describe(type))", value.range)
      return nil
    }
  }

  /// A decimal of another precision and scale, exactly.
  mutating func rescaled(_ value: Value, _ data: DataType) -> Value {
    guard let type = value.type, type.data != data else { return value }
    var result = make(
      .convert, [value.node], ValueType(data, unit: type.unit, isNullable: type.isNullable), value.range)
    result.isLiteral = value.isLiteral
    result.literal = value.literal
    result.numbersAmong = value.numbersAmong
    if case .decimal(_, let old) = type.data, case .decimal(_, let scale) = data, scale >= old {
      let factor = DecimalArithmetic.powerOfTen(scale - old).magnitude
      let (bound, overflow) = graph.bound(value.node).multipliedReportingOverflow(by: factor)
      if !overflow { graph.limit(result.node, to: bound) }
    }
    return result
  }

  /// A decimal at a greater scale, in a type that holds all that it can be.
  mutating func rescaled(_ value: Value, toScale scale: Int) -> Value {
    guard case .decimal(let precision, let old) = value.type?.data, scale > old else { return value }
    return rescaled(value, .decimal(precision: min(DataType.maximumPrecision, precision + scale - old), scale: scale))
  }

  /// A result that is as wide as its operands' bounds make it: narrow storage is several times faster.
  private mutating func decimal(
    _ operation: Arithmetic, _ left: Value, _ right: Value, scale: Int, bound: UInt128, most: Int, _ unit: Unit,
    _ range: Range<Int>
  ) -> Value {
    let digits = DecimalArithmetic.powersOfTen.firstIndex { $0.magnitude > bound } ?? DataType.maximumPrecision
    let precision = min(DataType.maximumPrecision, most, max(digits, scale, 1))
    let result = make(
      .arithmetic(operation), [left.node, right.node],
      ValueType(.decimal(precision: precision, scale: scale), unit: unit), range)
    graph.limit(result.node, to: bound)
    return result
  }

  private mutating func decimalArithmetic(
    _ operation: Arithmetic, _ left: Value, _ right: Value, _ unit: Unit, _ range: Range<Int>
  ) -> Value? {
    let (a, b) = (asDecimal(left), asDecimal(right))
    guard let a, let b, case .decimal(let p1, let s1) = a.type?.data, case .decimal(let p2, let s2) = b.type?.data
    else { return nil }
    guard let among = numbersAmong(operation, left, right, to: .decimal(scale: 0)) else { return nil }
    guard var result = decimalResult(operation, (a, p1, s1), (b, p2, s2), unit, range) else { return nil }
    result.numbersAmong = among.result
    return result
  }

  private mutating func decimalResult(
    _ operation: Arithmetic, _ left: (value: Value, precision: Int, scale: Int),
    _ right: (value: Value, precision: Int, scale: Int), _ unit: Unit, _ range: Range<Int>
  ) -> Value? {
    let ((a, p1, s1), (b, p2, s2)) = (left, right)
    switch operation {
    case .add, .subtract:
      let scale = max(s1, s2)
      let (x, y) = (rescaled(a, toScale: scale), rescaled(b, toScale: scale))
      return decimal(
        operation, x, y, scale: scale, bound: graph.bound(x.node) + graph.bound(y.node),
        most: max(p1 - s1, p2 - s2) + scale + 1, unit, range)
    case .multiply:
      guard s1 + s2 <= DataType.maximumPrecision else {
        report(
          .precision, "the product has \(s1 + s2) decimals, more than 38", range,
          help: "round a factor first, or use mul_div(a, b, 1, scale)")
        return nil
      }
      let (product, overflow) = graph.bound(a.node).multipliedReportingOverflow(by: graph.bound(b.node))
      return decimal(.multiply, a, b, scale: s1 + s2, bound: overflow ? .max : product, most: p1 + p2, unit, range)
    case .divide:
      return make(.arithmetic(.divide), [a.node, b.node], ValueType(.decimal(scale: 18), unit: unit), range)
    case .floorDivide, .modulo, .power:
      report(
        .unsupportedExpression, "'\(operation.symbol)' does not take decimals", range,
        help: operation == .floorDivide ? "div(a, b, 0, \"floor\")" : nil)
      return nil
    }
  }

  // MARK: Dates

  private mutating func dateArithmetic(
    _ operation: Arithmetic, _ left: Value, _ right: Value, _ range: Range<Int>
  ) -> Value? {
    guard operation == .add || operation == .subtract else {
      report(.typeMismatch, "'\(operation.symbol)' does not take dates", range)
      return nil
    }
    let (a, b) = (present(left), present(right))
    guard let a, let b else { return nil }
    if operation == .subtract, a.type?.data == .date || a.type?.data == .string || a.type?.data == .timestamp,
      b.type?.data == .date || b.type?.data == .string || b.type?.data == .timestamp
    {
      guard let x = asDate(a), let y = asDate(b) else { return nil }
      return make(.arithmetic(.subtract), [x.node, y.node], ValueType(.int), range)
    }
    let (date, days) = a.type?.data == .date ? (a, b) : (b, a)
    guard date.type?.data == .date, days.type?.data == .int, operation == .add || a.type?.data == .date else {
      report(
        .typeMismatch, "a date and \(days.type.map(describe) ?? "nil") do not go together", range,
        help: "date + days, date - days or date - date")
      return nil
    }
    return make(.arithmetic(operation), [date.node, days.node], ValueType(.date), range)
  }
}
