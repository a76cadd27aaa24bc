import Columns
import Diagnostics

/// What names, and paths of names, stand for.
extension Lowering {
  mutating func resolve(_ expression: LuaExpression) -> Binding? {
    switch expression.kind {
    case .name(let name): return resolve(name: name, expression.range)
    case .index(let base, let key): return resolve(field: key, of: base, expression.range)
    case .parenthesized(let inner): return resolve(inner)
    default: return lower(expression).map { .value($0) }
    }
  }

  mutating func reportOpaque(_ expression: LuaExpression) {
    report(
      .unsupportedExpression, "what '\(source(expression.range))' is, only the interpreter can say", expression.range)
  }

  /// What a name or a path of names stands for; nil for any other expression.
  mutating func resolvedPath(_ expression: LuaExpression) -> Binding? {
    switch expression.kind {
    case .name, .index: resolve(expression)
    default: nil
    }
  }

  private mutating func resolve(name: String, _ range: Range<Int>) -> Binding? {
    if let cell = names[name] { return cells[cell] }
    let column = scope.columns.index(of: name)
    if let value = defined[name] {
      // Inside a call over rows a name is a column of the rows, also where a result is called the same.
      let isResult = reads(value.node, from: scope.columns.count)
      if !isResult { noteBare(name, range) }
      if !isResult || !extraction.isInsideCall { return .value(value) }
      if column == nil {
        report(
          .unsupportedExpression, "'\(name)' is a result of the whole group, and a value of each row is wanted here",
          range,
          help: "use '\(name)' outside the call, or aggregate again in a step after")
        return nil
      }
    }
    if let position = column {
      noteBare(name, range)
      let type = scope.columns[position].type
      return .value(make(.input(position), [], type, range))
    }
    if isScript, name == "math" { return .table(Self.mathConstants(&self)) }
    if name == "params" { return .table(constants(scope.parameters, kind: .parameters, name: name)) }
    if name == "settings" { return .table(constants(scope.settings, kind: .settings, name: name)) }
    let place = scope.place.map { " in \($0)" } ?? ""
    var help = suggestion(for: name, among: scope.columns.names + Array(defined.keys) + Array(names.keys))
    if help == nil, FunctionLibrary.named(name) != nil || scope.extractable?.signature(name) != nil {
      help = "'\(name)' is a function: write \(name)(…)"
    } else if help == nil, scope.parameters[name] != nil {
      help = "write params.\(name)"
    } else if help == nil, wantsText {
      help = "a text stands in quotes: \"\(name)\""
    }
    report(.unknownColumn, "no column '\(name)'\(place)", range, help: help)
    return nil
  }

  private static func mathConstants(_ lowering: inout Lowering) -> Binding.Table {
    let values: [(String, Scalar, DataType)] = [
      ("huge", .float(.infinity), .float), ("pi", .float(3.141592653589793), .float), ("maxinteger", .int(.max), .int),
      ("mininteger", .int(.min), .int),
    ]
    var table = Binding.Table(kind: .constant, name: "math")
    for (name, scalar, type) in values {
      table.fields[name] = .value(lowering.constant(scalar, ValueType(type), 0..<0))
    }
    return table
  }

  private mutating func noteBare(_ name: String, _ range: Range<Int>) {
    if !extraction.isInsideCall { extraction.bareColumns.append((name, range)) }
  }

  private mutating func constants(
    _ values: [String: ExpressionScope.Constant], kind: Binding.Table.Kind, name: String
  ) -> Binding.Table {
    var fields: [String: Binding] = [:]
    for (key, constant) in values {
      fields[key] = .value(self.constant(constant.value, constant.type, 0..<0, floatAsWritten: true))
    }
    return Binding.Table(kind: kind, name: name, fields: fields)
  }

  /// A value from outside the text. A float of at most 15 digits counts as the decimal that it is written as.
  mutating func constant(_ scalar: Scalar, _ type: ValueType, _ range: Range<Int>, floatAsWritten: Bool) -> Value {
    var value = constant(scalar, type, range)
    if floatAsWritten, case .float(let number) = scalar, let written = Self.decimal(FloatText.string(number)),
      written.precision <= 15
    {
      value.literal = written
    }
    if case .int(let number) = scalar { value.literal = ExactDecimal(number) }
    return value
  }

  private mutating func resolve(field key: LuaExpression, of base: LuaExpression, _ range: Range<Int>) -> Binding? {
    switch resolve(base) {
    case .table(let table): return field(key, of: table, range)
    case .value(let value): return part(key, of: value, range)
    case .function:
      report(.unsupportedExpression, "a function has no fields", range)
      return nil
    case .opaque:
      reportOpaque(base)
      return nil
    case nil: return nil
    }
  }

  private mutating func field(_ key: LuaExpression, of table: Binding.Table, _ range: Range<Int>) -> Binding? {
    let name: String
    switch key.kind {
    case .string(let text): name = text
    default:
      guard let index = lower(key), let scalar = graph.constantValue(index.node) else {
        report(.unsupportedExpression, "the field of a table must be known before the run", key.range)
        return nil
      }
      if case .int(let number) = scalar {
        if number >= 1, Int(number) <= table.items.count { return table.items[Int(number) - 1] }
        return lower(LuaExpression(.none, range)).map { .value($0) }
      }
      if case .float = scalar {
        report(.unsupportedExpression, "a float is no field of a table that is known before the run", key.range)
        return nil
      }
      if table.kind == .constant {
        guard case .string(let text) = scalar else { return lower(LuaExpression(.none, range)).map { .value($0) } }
        name = text
      } else {
        name = scalar.text
      }
    }
    if let binding = table.fields[name] { return binding }
    let code: DiagnosticCode
    let what: String
    switch table.kind {
    case .parameters: (code, what) = (.unknownParameter, "no parameter '\(name)'")
    case .settings: (code, what) = (.unknownSetting, "no setting '\(name)'")
    case .row: (code, what) = (.unknownColumn, "no input '\(name)'")
    case .constant: return lower(LuaExpression(.none, range)).map { .value($0) }
    }
    report(code, what, key.range, help: suggestion(for: name, among: table.fields.keys))
    return nil
  }
}
