import Columns
import Diagnostics

/// A call as it is written, with its arguments compiled.
struct CallSite {
  var name: String
  var range: Range<Int>
  var arguments: [Value]
  var written: [LuaExpression]
}

extension Lowering {
  mutating func call(_ callee: LuaExpression, _ arguments: [LuaExpression], _ range: Range<Int>) -> Value? {
    guard let name = Self.dottedName(callee) else {
      report(.unsupportedExpression, "only functions that have a name can be called", callee.range)
      return nil
    }
    if let cell = names[name] {
      guard case .function(let function, let outer) = cells[cell] else {
        report(.unknownFunction, "'\(name)' is no function", callee.range)
        return nil
      }
      return inlined(function, names: outer, arguments, range)?.first
    }
    if let extractable = scope.extractable, let signature = extractable.signature(name) {
      return extracted(name, signature, extractable, arguments, range)
    }
    if let function = FunctionLibrary.named(name) { return library(function, name, arguments, range) }
    if let function = scope.functions[name] { return plugin(function, name, arguments, range) }
    if fileFunctions.contains(name) {
      report(.unsupportedExpression, "'\(name)' is a function of the file, which is not columnar", callee.range)
      return nil
    }
    let known = FunctionLibrary.all.map(\.name) + scope.functions.keys + (scope.extractable?.names ?? [])
    var help = suggestion(for: name, among: known)
    if help == nil, ["string.", "table."].contains(where: name.hasPrefix) {
      let short = String(name.drop { $0 != "." }.dropFirst())
      if FunctionLibrary.named(short) != nil { help = "write \(short)(…)" }
    }
    if ["sum", "count", "avg", "min", "max", "median", "quantile", "first", "last"].contains(name) {
      let running = "running_\(name)"
      let ofRow = name == "min" || name == "max" ? "; of values in one row write math.\(name)(…)" : ""
      help =
        scope.extractable?.names.contains(running) == true
        ? "write \(running)(…), or aggregate in a step of its own" : "aggregates belong into an aggregate step\(ofRow)"
    }
    if !scope.unreadable.containsDefinition(name) {
      report(.unknownFunction, "no function '\(name)'", callee.range, help: help)
    }
    for argument in arguments { if case .table = argument.kind { continue } else { _ = lower(argument) } }
    return nil
  }

  static func dottedName(_ expression: LuaExpression) -> String? {
    switch expression.kind {
    case .name(let name): return name
    case .index(let base, let key):
      guard case .string(let field) = key.kind, let path = dottedName(base) else { return nil }
      return "\(path).\(field)"
    default: return nil
    }
  }

  // MARK: The library

  private mutating func library(
    _ function: LibraryFunction, _ name: String, _ arguments: [LuaExpression], _ range: Range<Int>
  ) -> Value? {
    var values: [Value] = []
    var isWhole = true
    for (index, argument) in arguments.enumerated() {
      if index == arguments.count - 1, callsLocalFunction(argument) {
        guard let all = list([argument]) else { return nil }
        values += all
      } else if isTable(argument) {
        values.append(Value(node: graph.constant(.missing, .bool), type: nil, range: argument.range))
      } else if let value = lower(argument) {
        values.append(value)
      } else {
        isWhole = false
      }
    }
    guard isWhole else { return nil }
    guard function.counts.contains(values.count) else {
      report(
        .argumentCount, "\(name) takes \(function.countText), not \(values.count)", range, help: function.signature)
      return nil
    }
    let site = CallSite(name: name, range: range, arguments: values, written: arguments)
    guard let result = function.lower(&self, site) else { return nil }
    // All arguments are computed before the function looks at the first.
    return guarded(result, by: values.map(\.node))
  }

  private mutating func isTable(_ argument: LuaExpression) -> Bool {
    if case .table = argument.kind { return true }
    if case .table = resolvedPath(argument) { return true }
    return false
  }

  private mutating func plugin(
    _ function: any RowFunction, _ name: String, _ arguments: [LuaExpression], _ range: Range<Int>
  ) -> Value? {
    let values = arguments.compactMap { lower($0) }
    guard values.count == arguments.count else { return nil }
    guard function.inputs.count == values.count else {
      report(.argumentCount, "\(name) takes \(function.inputs.count) arguments, not \(values.count)", range)
      return nil
    }
    if let refusal = function.refusal {
      bag.report(refusal)
      return nil
    }
    var passed: [Value] = []
    for (value, type) in zip(values, function.inputs) {
      if let argument = adapted(value, to: type) { passed.append(argument) }
    }
    guard passed.count == values.count else { return nil }
    let number = functions.firstIndex { $0.name == function.name } ?? functions.count
    if number == functions.count { functions.append(function) }
    return make(.row(number), passed.map(\.node), function.result, range)
  }

  /// A value as a declared type wants it; reports what does not fit.
  mutating func adapted(_ value: Value, to type: ValueType) -> Value? {
    guard let own = value.type else {
      guard type.isNullable else { return present(value) }
      return self.value(graph.constant(.missing, type.data), type, value.range)
    }
    guard let there = type.isNullable && !value.isFalseWhenMissing ? value : present(value) else { return nil }
    if own.data.isNumeric, type.data.isNumeric, own.unit != type.unit, !value.isLiteral {
      report(
        .unitMismatch, "\(type) is wanted, this is \(own)", value.range,
        help: "relabel it: unit(\(source(value.range)), \"\(type.unit)\")")
      return nil
    }
    var result = there
    result.numbersAmong = nil
    switch (own.data, type.data) {
    case (let a, let b) where a == b: break
    case (let given, _) where isScript && !given.isNumeric:
      report(.typeMismatch, "\(type) is wanted, this is \(own)", value.range)
      return nil
    case (.int, .float): result = asFloat(there)
    case (_, .decimal) where own.data.isNumeric:
      guard let decimal = asDecimal(there) else { return nil }
      result = rescaled(decimal, type.data)
    case (.string, .date), (.string, .timestamp):
      guard let date = readDate(there, as: type.data) else { return nil }
      result = date
    case (.date, .timestamp), (.timestamp, .date):
      result = make(.convert, [there.node], ValueType(type.data, isNullable: own.isNullable), value.range)
    default:
      report(.typeMismatch, "\(type) is wanted, this is \(own)", value.range)
      return nil
    }
    result.type?.unit = type.unit
    return result
  }

  // MARK: Extracted calls

  private mutating func extracted(
    _ name: String, _ signature: String, _ extractable: any ExtractableCalls, _ written: [LuaExpression],
    _ range: Range<Int>
  ) -> Value? {
    guard !extraction.isInsideCall else {
      report(
        .unsupportedExpression, "\(name)() cannot stand inside another of its kind", range,
        help: "make it a column in a step before")
      return nil
    }
    extraction.isInsideCall = true
    let values = written.map { lower($0) }
    extraction.isInsideCall = false
    var arguments: [ExtractedArgument] = []
    for value in values {
      guard let value else { return nil }
      guard !value.isFalseWhenMissing, let type = value.type else {
        _ = present(value)
        return nil
      }
      arguments.append(argument(value, type))
    }
    let result: ValueType
    do throws(Diagnostic) {
      result = try extractable.resultType(name, arguments, at: text.span(range))
    } catch {
      bag.report(error)
      return nil
    }
    if let known = extraction.calls.first(where: { $0.name == name && $0.arguments == arguments }) {
      return make(.input(known.position), [], known.type, range)
    }
    let position = scope.columns.count + extraction.calls.count
    extraction.calls.append(
      ExtractedCall(name: name, arguments: arguments, span: text.span(range), type: result, position: position))
    return make(.input(position), [], result, range)
  }

  private mutating func argument(_ value: Value, _ type: ValueType) -> ExtractedArgument {
    if let constant = graph.constantValue(value.node) {
      if case .float = constant, let literal = value.literal {
        let decimal = DataType.decimal(precision: max(literal.precision, literal.scale, 1), scale: literal.scale)
        return ExtractedArgument(type: ValueType(decimal, unit: type.unit), constant: .decimal(literal))
      }
      return ExtractedArgument(type: type, constant: constant)
    }
    let known = extraction.arguments.firstIndex { $0.node == value.node }
    let index = known ?? extraction.arguments.count
    if known == nil { extraction.arguments.append(value) }
    var column: String?
    if case .input(let position) = graph[value.node].operation, position < scope.columns.count {
      column = scope.columns[position].name
    }
    return ExtractedArgument(type: type, output: extraction.firstOutput + index, column: column)
  }

  // MARK: Local functions

  /// The values that a call of a local function gives.
  mutating func inlined(
    _ function: LuaFunction, names outer: [String: Int], _ arguments: [LuaExpression], _ range: Range<Int>
  ) -> [Value]? {
    guard let values = list(arguments) else { return nil }
    guard callDepth < 40 else {
      report(.unsupportedExpression, "a function that calls itself is not columnar", range)
      return nil
    }
    let before = (names: names, effects: effects)
    names = outer
    // The arguments are computed, whether the function looks at them or not.
    effects = values.map(\.node)
    callDepth += 1
    defer {
      names = before.names
      effects = before.effects
      callDepth -= 1
    }
    for (index, parameter) in function.parameters.enumerated() {
      let missing = Value(node: graph.constant(.missing, .bool), type: nil, range: range)
      declare(parameter, .value(index < values.count ? values[index] : missing))
    }
    guard var results = run(function.body) else { return nil }
    for index in results.indices { results[index].range = range }
    return results
  }
}
