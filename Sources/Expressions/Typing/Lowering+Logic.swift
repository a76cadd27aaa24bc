import Columns

extension Lowering {
  // MARK: Failing

  /// A value that fails where another does, which was computed before it and may be dropped.
  mutating func guarded(_ value: Value, by others: Int...) -> Value { guarded(value, by: others) }

  mutating func guarded(_ value: Value, by others: [Int]) -> Value {
    let fallible = others.filter { graph.canFail($0) }
    guard !fallible.isEmpty else { return value }
    let strict = graph.strictInputs(of: value.node)
    var guards: [Int] = []
    for other in fallible where !strict.contains(other) && !guards.contains(other) { guards.append(other) }
    guard !guards.isEmpty else { return value }
    var result = value
    result.literal = nil
    result.asWritten = nil
    let data = value.type?.data ?? .bool
    result.node = graph.add(.guarded, [value.node] + guards, data, isNullable: value.isNullable)
    if value.isNullable { result.whenTrue.insert(result.node) }
    if narrowed.contains(value.node) { narrowed.insert(result.node) }
    return result
  }

  // MARK: Truth

  /// Whether a value is neither nil nor false, as a bool that is always there.
  mutating func truth(_ value: Value) -> Value {
    var result: Value
    guard let type = value.type else { return constant(.bool(false), ValueType(.bool), value.range) }
    let isNullable = type.isNullable && !narrowed.contains(value.node)
    if type.data == .bool {
      result = isNullable ? bool(.isTrue, [value.node], value.range) : value
    } else if isNullable {
      result = bool(.isPresent, [value.node], value.range)
    } else {
      result = constant(.bool(true), ValueType(.bool), value.range)
    }
    result.whenTrue = value.whenTrue.union(isNullable ? [value.node] : [])
    result.whenFalse = value.whenFalse
    return result
  }

  mutating func negation(of value: Value, _ range: Range<Int>) -> Value {
    let condition = truth(value)
    var result = guarded(bool(.not, [condition.node], range), by: value.node)
    result.whenTrue = condition.whenFalse
    result.whenFalse = condition.whenTrue
    return result
  }

  /// A value of which only the truth counts: a table that is there is true.
  mutating func lowerCondition(_ expression: LuaExpression) -> Value? {
    isTable(expression) ? constant(.bool(true), ValueType(.bool), expression.range) : lower(expression)
  }

  /// `table == nil` and `table ~= nil`; nil for any other comparison.
  mutating func comparedTable(
    _ operation: LuaBinaryOperator, _ left: LuaExpression, _ right: LuaExpression, _ range: Range<Int>
  ) -> Value? {
    guard operation == .equal || operation == .notEqual else { return nil }
    let table: LuaExpression
    switch (left.kind, right.kind) {
    case (.none, _): table = right
    case (_, .none): table = left
    default: return nil
    }
    return isTable(table) ? constant(.bool(operation == .notEqual), ValueType(.bool), range) : nil
  }

  private mutating func isTable(_ expression: LuaExpression) -> Bool {
    guard Self.dottedName(expression) != nil else { return false }
    var attempt = self
    if case .table(let table)? = attempt.resolvedPath(expression) { return table.kind == .constant }
    return false
  }

  private mutating func lower(_ expression: LuaExpression, knowing nodes: Set<Int>) -> Value? {
    let before = narrowed
    narrowed.formUnion(nodes)
    defer { narrowed = before }
    return lower(expression)
  }

  mutating func conjunction(_ left: LuaExpression, _ right: LuaExpression, _ range: Range<Int>) -> Value? {
    guard let a = lowerCondition(left) else {
      _ = lower(right)
      return nil
    }
    let condition = truth(a)
    // What is never reached need make no sense: `terms.limit and amount > terms.limit` in a version without a limit.
    if graph.constantValue(condition.node) == .bool(false) {
      var attempt = self
      guard attempt.lower(right, knowing: condition.whenTrue) != nil, !attempt.bag.hasErrors else { return a }
    }
    guard let b = lower(right, knowing: condition.whenTrue) else { return nil }
    let whenTrue = condition.whenTrue.union(b.whenTrue)
    let whenFalse = condition.whenFalse.intersection(condition.whenTrue.union(b.whenFalse))
    var result: Value
    if a.type?.data == .bool, b.type?.data == .bool {
      if !a.isNullable || narrowed.contains(a.node), !b.isNullable {
        result = bool(.and, [a.node, b.node], range)
      } else {
        result = make(
          .select, [condition.node, b.node, a.node], ValueType(.bool, isNullable: a.isNullable || b.isNullable), range)
      }
    } else if let type = b.type {
      // `x and y`: y, or the nil (or false) that x is.
      let isSure = graph.constantValue(condition.node) == .bool(true)
      if isSure { return guarded(b, by: a.node) }
      let absent = graph.constant(.missing, type.data)
      result = make(.select, [condition.node, b.node, absent], type.nullable(), range)
      result.isFalseWhenMissing = a.type?.data == .bool || a.isFalseWhenMissing || b.isFalseWhenMissing
      result.isLiteral = b.isLiteral
      result.numbersAmong = b.numbersAmong
    } else {
      return b
    }
    result.whenTrue = whenTrue.union(result.isNullable ? [result.node] : [])
    result.whenFalse = whenFalse
    return result
  }

  mutating func disjunction(_ left: LuaExpression, _ right: LuaExpression, _ range: Range<Int>) -> Value? {
    guard let a = lower(left) else {
      _ = lower(right)
      return nil
    }
    let condition = truth(a)
    if graph.constantValue(condition.node) == .bool(true) { return a }
    guard let b = lower(right, knowing: condition.whenFalse) else { return nil }
    guard let aType = a.type else { return b }
    if let (test, value) = conditional(a), let chosen = choose(test, value, b, range) { return chosen }
    let whenTrue = condition.whenTrue.intersection(condition.whenFalse.union(b.whenTrue))
    let whenFalse = condition.whenFalse.union(b.whenFalse)
    var result: Value
    if aType.data == .bool, b.type?.data == .bool || b.type == nil {
      if !a.isNullable, b.type != nil, !b.isNullable {
        result = bool(.or, [a.node, b.node], range)
      } else {
        guard let chosen = choose(condition, a, b, range) else { return nil }
        result = chosen
        result.type = ValueType(.bool, isNullable: b.isNullable)
        result.node = graph.add(
          .select, [condition.node, condition.node, b.type == nil ? graph.constant(.missing, .bool) : b.node], .bool,
          isNullable: b.isNullable)
      }
    } else if aType.data == .bool, !a.isFalseWhenMissing {
      report(
        .typeMismatch, "this is true or \(b.type.map(describe) ?? "nil"): one column has one type", range,
        help: "write \(source(left.range)) and … or …")
      return nil
    } else {
      var chosen = a
      chosen.isFalseWhenMissing = false
      chosen.type = aType.nullable(false)
      guard let both = choose(condition, chosen, b, range) else { return nil }
      result = both
      result.isFalseWhenMissing = b.isFalseWhenMissing
    }
    result.whenTrue = whenTrue.union(result.isNullable ? [result.node] : [])
    result.whenFalse = whenFalse
    return result
  }

  /// The parts of `c and x` where x is always there and never false, so that `c and x or y` chooses once.
  private func conditional(_ value: Value) -> (test: Value, value: Value)? {
    guard case .select = graph[value.node].operation, let type = value.type, type.data != .bool else { return nil }
    let inputs = graph[value.node].inputs
    guard graph.constantValue(inputs[2]) == .missing, !graph[inputs[1]].isNullable else { return nil }
    var inner = value
    inner.node = inputs[1]
    inner.type = type.nullable(false)
    inner.isFalseWhenMissing = false
    return (Value(node: inputs[0], type: ValueType(.bool), range: value.range), inner)
  }

  /// One of two values by a condition, in the type that holds both.
  mutating func choose(_ condition: Value, _ left: Value, _ right: Value, _ range: Range<Int>) -> Value? {
    guard let (a, b) = unified(left, right, range) else { return nil }
    guard var type = a.type ?? b.type else { return a }
    type.isNullable = a.isNullable || b.isNullable
    let x = a.type == nil ? graph.constant(.missing, type.data) : a.node
    let y = b.type == nil ? graph.constant(.missing, type.data) : b.node
    var result = make(.select, [condition.node, x, y], type, range)
    if type.data.isDecimal { graph.limit(result.node, to: max(graph.bound(x), graph.bound(y))) }
    result.isFalseWhenMissing = a.isFalseWhenMissing || b.isFalseWhenMissing
    if x == y { result = guarded(value(x, type, range), by: condition.node) }
    result.numbersAmong = joined(a.numbersAmong, b.numbersAmong)
    // nil goes with any unit, as a numeral does.
    result.isLiteral = (a.isLiteral || a.type == nil) && (b.isLiteral || b.type == nil)
    return result
  }

  /// Two values in one type: an int joins a decimal or a float, a numeral a decimal.
  ///
  /// - Parameter isOrder: a text beside a date is read as one, where Lua does so as well.
  mutating func unified(
    _ left: Value, _ right: Value, _ range: Range<Int>, isOrder: Bool = false
  ) -> (Value, Value)? {
    guard let a = left.type, let b = right.type else { return (left, right) }
    if a.data.isNumeric, b.data.isNumeric {
      guard let unit = common(left, right, range) else { return nil }
      var (x, y) = (left, right)
      x.type?.unit = unit
      y.type?.unit = unit
      if a.data == b.data { return (x, y) }
      if !a.data.isDecimal, !b.data.isDecimal {
        var (p, q) = (asFloat(x), asFloat(y))
        p.numbersAmong = numbersAmong(left, in: .float)
        q.numbersAmong = numbersAmong(right, in: .float)
        return (p, q)
      }
      guard let p = asDecimal(x), let q = asDecimal(y), case .decimal(let p1, let s1) = p.type?.data,
        case .decimal(let p2, let s2) = q.type?.data
      else { return nil }
      let scale = max(s1, s2)
      let type = DataType.decimal(precision: min(38, max(p1 - s1, p2 - s2) + scale), scale: scale)
      var (first, second) = (rescaled(p, type), rescaled(q, type))
      if isScript {
        first.numbersAmong = a.data.isDecimal ? left.numbersAmong : numbersAmong(left, in: type)
        second.numbersAmong = b.data.isDecimal ? right.numbersAmong : numbersAmong(right, in: type)
      }
      return (first, second)
    }
    if a.data == b.data { return (left, right) }
    if isScript, !isOrder {
      report(
        .typeMismatch, "\(describe(a)) and \(describe(b)) do not go together", range,
        help: a.data == .date || b.data == .date ? "make the text a date: date(\"2026-10-31\")" : nil)
      return nil
    }
    if a.data == .string, b.data == .date || b.data == .timestamp {
      return readDate(left, as: b.data).map { ($0, right) }
    }
    if b.data == .string, a.data == .date || a.data == .timestamp {
      return readDate(right, as: a.data).map { (left, $0) }
    }
    report(.typeMismatch, "\(describe(a)) and \(describe(b)) do not go together", range)
    return nil
  }

  // MARK: Comparison

  mutating func order(_ operation: Operation, _ left: Value, _ right: Value, _ range: Range<Int>) -> Value? {
    let (x, y) = (present(left), present(right))
    guard let x, let y, let (a, b) = comparable(x, y, range, isOrder: true) else { return nil }
    switch a.type?.data {
    case .bool, .list:
      report(.typeMismatch, "\(describe(a.type ?? ValueType(.bool))) has no order", range)
      return nil
    default: return bool(operation, [a.node, b.node], range)
    }
  }

  /// Two values that a comparison takes: numbers of one kind and unit, or values of one type.
  mutating func comparable(
    _ left: Value, _ right: Value, _ range: Range<Int>, isOrder: Bool = false
  ) -> (Value, Value)? {
    guard let a = left.type, let b = right.type else { return (left, right) }
    guard comparesAsLua(left), comparesAsLua(right) else { return nil }
    guard a.data.isNumeric, b.data.isNumeric else {
      if a.data == .timestamp, b.data == .date {
        return (left, make(.convert, [right.node], ValueType(.timestamp, isNullable: b.isNullable), right.range))
      }
      if a.data == .date, b.data == .timestamp {
        return (make(.convert, [left.node], ValueType(.timestamp, isNullable: a.isNullable), left.range), right)
      }
      return unified(left, right, range, isOrder: isOrder)
    }
    guard common(left, right, range) != nil else { return nil }
    guard a.data.isDecimal || b.data.isDecimal else { return (left, right) }
    guard let p = asDecimal(left), let q = asDecimal(right), case .decimal(let p1, let s1) = p.type?.data,
      case .decimal(let p2, let s2) = q.type?.data
    else { return nil }
    let scale = max(s1, s2)
    if max(p1 - s1, p2 - s2) + scale <= DataType.maximumPrecision {
      return (rescaled(p, toScale: scale), rescaled(q, toScale: scale))
    }
    return (p, q)
  }

  mutating func equality(_ left: Value, _ right: Value, _ range: Range<Int>) -> Value? {
    if left.type == nil || right.type == nil {
      let value = left.type == nil ? right : left
      guard value.isNullable, value.type != nil, !narrowed.contains(value.node) else {
        return guarded(constant(.bool(value.type == nil), ValueType(.bool), range), by: value.node)
      }
      guard !value.isFalseWhenMissing else { return present(value) }
      let isThere = bool(.isPresent, [value.node], range)
      var result = bool(.not, [isThere.node], range)
      result.whenFalse = [value.node]
      return result
    }
    guard let a = left.type, let b = right.type else { return nil }
    if a.data.isDecimal != b.data.isDecimal, a.data.isNumeric, b.data.isNumeric {
      report(
        .decimalEquality, "in Lua, a decimal never equals a value of type \(a.data.isDecimal ? b : a)", range,
        help: "eq(\(source(left.range)), \(source(right.range)))")
      return nil
    }
    for value in [left, right] where value.numbersAmong != nil && a.data.isDecimal {
      report(
        .decimalEquality,
        "'\(source(value.range))' is a plain number in some rows, and in Lua a decimal never equals one",
        range, help: "eq(\(source(left.range)), \(source(right.range)))")
      return nil
    }
    if isScript, case .list = a.data {
      report(
        .typeMismatch, "in Lua, two lists are never equal", range,
        help: "eq(\(source(left.range)), \(source(right.range)))")
      return nil
    }
    return equal(left, right, range)
  }

  /// Equality by value, as `eq` has it; nil equals nil.
  mutating func equal(_ left: Value, _ right: Value, _ range: Range<Int>) -> Value? {
    for value in [left, right] where value.isFalseWhenMissing { return present(value) }
    guard let (a, b) = comparable(left, right, range) else { return nil }
    var result = bool(.isEqual, [a.node, b.node], range)
    if a.isNullable, !b.isNullable { result.whenTrue = [left.node] }
    if b.isNullable, !a.isNullable { result.whenTrue = [right.node] }
    return result
  }

  // MARK: Text

  mutating func concatenation(_ parts: [Value], _ range: Range<Int>) -> Value? {
    var nodes: [Int] = []
    for part in parts {
      guard let value = present(part), let type = value.type else { continue }
      switch type.data {
      case .string: nodes.append(value.node)
      case .int: nodes.append(make(.library(.text(.fromValue)), [value.node], ValueType(.string), value.range).node)
      default:
        report(
          .typeMismatch, "'..' joins strings and ints, not \(describe(type))", value.range,
          help: "tostring(\(source(value.range)))")
      }
    }
    guard nodes.count == parts.count else { return nil }
    return make(.library(.text(.concatenate)), nodes, ValueType(.string), range)
  }
}
