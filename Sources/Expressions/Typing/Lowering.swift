import Columns
import Diagnostics

/// Compiles one text into the graph: names to columns, types and units checked, every mistake reported with its place.
///
/// A part that is wrong gives nil and is silent from there on, so one mistake is one message.
struct Lowering {
  var graph: Graph
  let scope: ExpressionScope
  var text: LocatedText
  var bag = DiagnosticBag()
  /// Names to cells, cells to meanings: assignment changes a cell, the end of a block forgets names.
  var names: [String: Int] = [:]
  var cells: [Binding] = []
  /// Nodes that are known not to be nil here.
  var narrowed: Set<Int> = []
  /// Whether a text stands on the other side, so that a name that is nobody's may lack its quotes.
  var wantsText = false
  /// Columns made by earlier expressions.
  var defined: [String: Value] = [:]
  var functions: [any RowFunction] = []
  var extraction: Extraction
  /// What was computed on the way here and can fail, of the function at hand.
  var effects: [Int] = []
  var steps = 0
  var callDepth = 0
  /// Compiles a function of a script, which the interpreter runs as well: it must mean what Lua means. Expressions
  /// check more: an int past 64 bits
  /// is an error, where Lua wraps.
  var isScript = false
  /// Functions of the file that the function calls, which only the interpreter runs.
  var fileFunctions: Set<String> = []

  struct Extraction {
    var calls: [ExtractedCall] = []
    /// Outputs that arguments of calls have become, with their values.
    var arguments: [Value] = []
    var firstOutput = 0
    var isInsideCall = false
    /// Columns that were read outside any call.
    var bareColumns: [(name: String, range: Range<Int>)] = []
  }

  mutating func report(_ code: DiagnosticCode, _ message: String, _ range: Range<Int>, help: String? = nil) {
    bag.report(code, message, at: text.span(range), help: help)
  }

  /// The characters of a part of the text.
  func source(_ range: Range<Int>) -> String { String(decoding: Array(text.text.utf8)[range], as: UTF8.self) }

  func value(_ node: Int, _ type: ValueType, _ range: Range<Int>) -> Value {
    var value = Value(node: node, type: type, range: range)
    if type.isNullable { value.whenTrue = [node] }
    return value
  }

  mutating func make(
    _ operation: Operation, _ inputs: [Int], _ type: ValueType, _ range: Range<Int>
  ) -> Value {
    value(graph.add(operation, inputs, type.data, isNullable: type.isNullable), type, range)
  }

  mutating func bool(_ operation: Operation, _ inputs: [Int], _ range: Range<Int>) -> Value {
    make(operation, inputs, ValueType(.bool), range)
  }

  mutating func constant(_ scalar: Scalar, _ type: ValueType, _ range: Range<Int>) -> Value {
    value(graph.constant(scalar, type.data), type.nullable(scalar == .missing), range)
  }

  // MARK: Expressions

  mutating func lower(_ expression: LuaExpression) -> Value? {
    let range = expression.range
    switch expression.kind {
    case .none: return Value(node: graph.constant(.missing, .bool), type: nil, range: range)
    case .bool(let value): return constant(.bool(value), ValueType(.bool), range)
    case .integer(let number):
      var value = constant(.int(number), ValueType(.int), range)
      value.literal = ExactDecimal(number)
      value.isLiteral = true
      return value
    case .float(let number, let written):
      var value = constant(.float(number), ValueType(.float), range)
      value.literal = Self.decimal(written)
      value.isLiteral = true
      return value
    case .string(let text): return writtenText(text, range)
    case .parenthesized(let inner):
      var value = lower(inner)
      value?.range = range
      return value
    case .name, .index: return lowerPath(expression)
    case .call(let callee, let arguments): return call(callee, arguments, range)
    case .unary(let operation, let operand): return unary(operation, operand, range)
    case .binary(.and, let left, let right): return conjunction(left, right, range)
    case .binary(.or, let left, let right): return disjunction(left, right, range)
    case .binary(let operation, let left, let right):
      if let known = comparedTable(operation, left, right, range) { return known }
      let a = lower(left)
      wantsText = [.equal, .notEqual].contains(operation) && a?.type?.data == .string
      let b = lower(right)
      wantsText = false
      guard let a, let b else {
        // What is wrong with the other side is said now, not after this one has been mended.
        if operation.isArithmetic, let sound = a ?? b { _ = present(sound) }
        return nil
      }
      return binary(operation, a, b, range)
    case .methodCall(let object, let method, let arguments):
      guard let subject = lower(object) else { return nil }
      guard case .string = subject.type?.data else {
        report(.unsupportedExpression, "methods are for strings", range)
        return nil
      }
      if isScript, !["len", "sub", "lower", "upper"].contains(method) {
        report(.unsupportedExpression, "the method '\(method)' is not columnar", range)
        return nil
      }
      return call(LuaExpression(.name(method), range), [object] + arguments, range)
    case .table:
      report(.unsupportedExpression, "a table is no value here", range)
      return nil
    case .function:
      report(.unsupportedExpression, "a function is no value here", range)
      return nil
    case .varargs:
      report(.unsupportedExpression, "'...' has no meaning here", range)
      return nil
    }
  }

  /// The decimal that a numeral writes, exponents and all; nil for hexadecimal ones and those past 38 digits.
  static func decimal(_ written: String) -> ExactDecimal? {
    let parts = written.lowercased().split(separator: "e", omittingEmptySubsequences: false)
    guard let mantissa = ExactDecimal(parts[0].hasSuffix(".") ? String(parts[0].dropLast()) : String(parts[0])) else {
      return nil
    }
    guard parts.count == 2 else { return mantissa.normalized }
    guard let exponent = Int(parts[1]), (-38...38).contains(exponent) else { return nil }
    let scale = mantissa.scale - exponent
    if scale < 0 {
      return DecimalArithmetic.multiply(mantissa.coefficient, DecimalArithmetic.powerOfTen(min(-scale, 38))).map {
        ExactDecimal(coefficient: $0, scale: 0)
      }
    }
    return scale <= 38 ? ExactDecimal(coefficient: mantissa.coefficient, scale: scale).normalized : nil
  }

  // MARK: Names

  private func read(_ value: Value, _ range: Range<Int>) -> Value {
    var value = value
    value.range = range
    if narrowed.contains(value.node), let type = value.type { value.type = type.nullable(false) }
    return value
  }

  private mutating func lowerPath(_ expression: LuaExpression) -> Value? {
    switch resolve(expression) {
    case .value(let value): return read(value, expression.range)
    case .table(let table):
      report(
        .unsupportedExpression, "'\(table.name)' is a table: name one of its fields", expression.range,
        help: table.fields.keys.sorted().first.map { "\(table.name).\($0)" })
    case .function: report(.unsupportedExpression, "a function is no value here", expression.range)
    case .opaque: reportOpaque(expression)
    case nil: break
    }
    return nil
  }

  mutating func part(_ key: LuaExpression, of value: Value, _ range: Range<Int>) -> Binding? {
    guard case .string(let name) = key.kind, let data = value.type?.data, data == .date || data == .timestamp else {
      report(
        .typeMismatch, "\(value.type.map { "a \($0.data)" } ?? "nil") has no fields", key.range,
        help: nil)
      return nil
    }
    guard let part = DatePart(rawValue: name) else {
      report(
        .typeMismatch, "a date has no '\(name)'", key.range,
        help: suggestion(for: name, among: DatePart.allCases.map(\.rawValue)) ?? "year, quarter, month or day")
      return nil
    }
    guard let date = present(value), let day = asDate(date) else { return nil }
    let operation = LibraryOperation.datePart(part, fiscalYearStart: scope.calendar.fiscalYearStart)
    return .value(make(.library(operation), [day.node], ValueType(.int), range))
  }

  // MARK: What operations ask of their operands

  /// The value where it is known to be there; reports `maybe-nil` otherwise.
  mutating func present(_ value: Value) -> Value? {
    guard let type = value.type else {
      report(.maybeNil, "this is nil", value.range)
      return nil
    }
    guard !value.isFalseWhenMissing else {
      report(
        .typeMismatch, "this is false where its condition is not met", value.range,
        help: "end it with 'or': \(source(value.range)) or …")
      return nil
    }
    guard type.isNullable, !narrowed.contains(value.node) else { return value }
    let written = source(value.range)
    let fallback =
      switch type.data {
      case .string: "\"\""
      case .bool: "false"
      case .date, .timestamp, .list: "…"
      default: "0"
      }
    if written == "nil" {
      report(
        .maybeNil, "this is nil where \(type.nullable(false)) is wanted", value.range,
        help: "give a value, or write a ? behind the type that is declared")
      return nil
    }
    report(
      .maybeNil, "'\(written)' may be nil", value.range,
      help: "write \(written) or \(fallback), or test it first: \(written) and …")
    return nil
  }

  /// A number that is there.
  mutating func number(_ value: Value, for use: String) -> Value? {
    if let type = value.type, !type.data.isNumeric {
      report(.typeMismatch, "\(use) takes numbers, not \(describe(type))", value.range)
      return nil
    }
    return present(value)
  }

  func describe(_ type: ValueType) -> String { "a \(type.nullable(false))" }

  /// The day of a date or a timestamp.
  mutating func asDate(_ value: Value) -> Value? {
    switch value.type?.data {
    case .date: return value
    case .timestamp: return make(.convert, [value.node], ValueType(.date, isNullable: value.isNullable), value.range)
    case .string:
      if let date = readDate(value, as: .date) { return date }
      return nil
    default:
      report(.typeMismatch, "a date is wanted, not \(value.type.map(describe) ?? "nil")", value.range)
      return nil
    }
  }

  /// A string constant as the date or timestamp that it writes.
  mutating func readDate(_ value: Value, as type: DataType) -> Value? {
    if isScript, type == .timestamp {
      report(.typeMismatch, "a timestamp is wanted, not a string", value.range, help: "compare its day: date(x)")
      return nil
    }
    guard case .string(let text) = graph.constantValue(value.node) else {
      report(.typeMismatch, "a \(type) is wanted, not a string", value.range)
      return nil
    }
    if type == .timestamp, let instant = Instant(text) {
      return constant(.timestamp(instant), ValueType(type), value.range)
    }
    if type == .date, let date = CalendarDate(text) { return constant(.date(date), ValueType(type), value.range) }
    report(.wrongValue, "\"\(text)\" is no \(type)", value.range, help: "write \"2026-10-31\"")
    return nil
  }
}
