import Columns
import Diagnostics
import LuaHost

/// A function of expressions: what the manual says of it, and how a call of it is compiled.
public struct LibraryFunction: Sendable {
  public let manual: FunctionManual
  /// How many arguments it takes.
  let counts: ClosedRange<Int>
  let lower: @Sendable (inout Lowering, CallSite) -> Value?

  public var name: String { manual.name }
  public var signature: String { manual.signature }
  public var summary: String { manual.summary }

  init(
    _ name: String, counts: ClosedRange<Int>, lower: @escaping @Sendable (inout Lowering, CallSite) -> Value?
  ) {
    manual = FunctionManual.declared(name)
    self.counts = counts
    self.lower = lower
  }

  var countText: String {
    let noun = counts.upperBound == 1 ? "argument" : "arguments"
    if counts.lowerBound == counts.upperBound { return "\(counts.lowerBound) \(noun)" }
    if counts.upperBound == Int.max { return "at least \(counts.lowerBound)" }
    return "\(counts.lowerBound) to \(counts.upperBound) \(noun)"
  }
}

/// All functions of expressions. A new one is a declaration in its topic's file and is listed there.
public enum FunctionLibrary {
  public static let all: [LibraryFunction] =
    numberFunctions + logicFunctions + dateFunctions + textFunctions + listFunctions

  private static let byName: [String: LibraryFunction] = Dictionary(
    all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

  public static func named(_ name: String) -> LibraryFunction? { byName[name] }
}

/// What a library function computes, where no plainer operation does.
enum LibraryOperation: Hashable, Sendable {
  case datePart(DatePart, fiscalYearStart: Int)
  case periodStart(DateGrain, weekStart: Int, fiscalYearStart: Int)
  case addMonths
  case monthsBetween
  case monthEnd
  case makeDate
  case dates(DateGrain, weekStart: Int, fiscalYearStart: Int)
  case floorFloat(RoundingMode)
  case absoluteFloat
  case multiplyDivide(RoundingMode)
  case ratio
  case text(TextOperation)
  /// One of several constants by number, from 0.
  case chosenConstant([Scalar])
  case listLength
  case listContains

  var canFail: Bool {
    switch self {
    case .datePart, .periodStart, .monthsBetween, .monthEnd, .absoluteFloat, .chosenConstant, .listLength,
      .listContains:
      false
    case .text(let operation): operation == .sub || operation == .toDecimal
    case .addMonths, .makeDate, .dates, .floorFloat, .multiplyDivide, .ratio: true
    }
  }
}

enum DatePart: String, Hashable, Sendable, CaseIterable { case year, quarter, month, day }

enum DateGrain: String, Hashable, Sendable, CaseIterable { case day, week, month, quarter, year }

extension Evaluation {
  func library(_ operation: LibraryOperation, _ inputs: [Evaluated], _ types: [DataType], _ node: Node, key: Int)
    -> Evaluated
  {
    switch operation {
    case .datePart, .periodStart, .addMonths, .monthsBetween, .monthEnd, .makeDate, .dates:
      dateFunction(operation, inputs)
    case .chosenConstant(let constants):
      result(
        Column(constants, of: node.type).gathered(
          inputs[0].ints.map { Int32(clamping: min(max($0, 0), Int64(constants.count) - 1)) }
        ).values, from: inputs)
    case .floorFloat(let mode): floorFloat(inputs[0], mode)
    case .absoluteFloat: result(.floats(inputs[0].floats.map { $0.magnitude }), from: inputs)
    case .multiplyDivide(let mode): multiplyDivide(inputs, types, node.type, mode)
    case .ratio: ratio(inputs, types)
    case .text(let text): textFunction(text, inputs, types, node, key: key)
    case .listLength, .listContains: listFunction(operation, inputs)
    }
  }
}

extension Lowering {
  /// A whole number that must be known before the run.
  mutating func wholeConstant(_ site: CallSite, _ index: Int, in range: ClosedRange<Int>, what: String) -> Int? {
    let argument = site.arguments[index]
    if case .int(let number) = graph.constantValue(argument.node), range.contains(Int(number)) { return Int(number) }
    report(
      .wrongValue, "\(what) is a whole number from \(range.lowerBound) to \(range.upperBound), written as such",
      argument.range)
    return nil
  }

  mutating func textConstant(_ site: CallSite, _ index: Int, what: String) -> String? {
    if case .string(let text) = graph.constantValue(site.arguments[index].node) { return text }
    report(.wrongValue, "\(what) is a string, written as such", site.arguments[index].range)
    return nil
  }

  mutating func roundingMode(_ site: CallSite, _ index: Int) -> RoundingMode? {
    guard index < site.arguments.count else { return .halfEven }
    guard let name = textConstant(site, index, what: "the rounding mode") else { return nil }
    if let mode = RoundingMode(rawValue: name) { return mode }
    report(
      .wrongValue, "no rounding mode '\(name)'", site.arguments[index].range,
      help: suggestion(for: name, among: RoundingMode.allCases.map(\.rawValue))
        ?? RoundingMode.allCases.map(\.rawValue).joined(separator: ", "))
    return nil
  }

  /// A text as it is written.
  mutating func writtenText(_ text: String, _ range: Range<Int>) -> Value? {
    // What bytes that are no UTF-8 were read as.
    guard !text.unicodeScalars.contains("\u{FFFD}") else {
      report(.unsupportedExpression, "a text of bytes that are no UTF-8 is not columnar", range)
      return nil
    }
    return constant(.string(text), ValueType(.string), range)
  }

  mutating func text(_ value: Value, for use: String) -> Value? {
    if let type = value.type, type.data != .string {
      report(.typeMismatch, "\(use) takes a string, not \(describe(type))", value.range)
      return nil
    }
    return present(value)
  }
}
