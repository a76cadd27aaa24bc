import Columns
import Diagnostics
import Testing

@testable import Expressions

/// Mistakes in expressions: `«…»` marks where the message must point.
struct MistakeTests {
  static let scope = ExpressionScope(
    columns: Schema([
      Field("hours", ValueType(.decimal(precision: 6, scale: 2))),
      Field("rate", ValueType(.decimal(precision: 8, scale: 2), unit: Unit("USD"))),
      Field("tokens", ValueType(.decimal(precision: 20, scale: 8), unit: Unit("BTRST"))),
      Field("bonus", ValueType(.decimal(precision: 8, scale: 2), unit: Unit("USD"), isNullable: true)),
      Field("referrer", ValueType(.int, isNullable: true)),
      Field("n", ValueType(.int)),
      Field("f", ValueType(.float)),
      Field("status", ValueType(.string)),
      Field("paid", ValueType(.bool)),
      Field("issued_on", ValueType(.date)),
      Field("fine", ValueType(.decimal(precision: 38, scale: 30))),
    ]), place: "'invoices'",
    parameters: ["as_of": .init(ValueType(.date), .date(CalendarDate(days: 20_000)))],
    extractable: Sums())

  @Test(arguments: [
    ("«houers» * rate", "unknown-column", "did you mean 'hours'?"),
    ("«rond»(hours, 1)", "unknown-function", "did you mean 'round'?"),
    ("«referrer» + 1", "maybe-nil", "write referrer or 0, or test it first: referrer and …"),
    ("«bonus» < rate", "maybe-nil", "write bonus or 0, or test it first: bonus and …"),
    ("«rate + tokens»", "unit-mismatch", "convert one by a rate, or relabel it: unit(x, \"BTRST\")"),
    ("«rate < tokens»", "unit-mismatch", "convert one by a rate, or relabel it: unit(x, \"BTRST\")"),
    ("«hours == 0»", "decimal-equality", "eq(hours, 0)"),
    ("«n ~= hours»", "decimal-equality", "eq(n, hours)"),
    ("hours * «f»", "computed-float", "convert it where its digits are known: decimal(f)"),
    ("hours * «(n / 2)»", "computed-float", "convert it where its digits are known: decimal((n / 2))"),
    ("«fine * fine»", "precision", "round a factor first, or use mul_div(a, b, 1, scale)"),
    ("status .. «hours»", "type-mismatch", "tostring(hours)"),
    ("«status» * 2", "type-mismatch", nil),
    ("params.«as_off» < issued_on", "unknown-parameter", "did you mean 'as_of'?"),
    ("issued_on < «\"2026-13-01\"»", "wrong-value", "write \"2026-10-31\""),
    ("issued_on.«weekday»", "type-mismatch", "year, quarter, month or day"),
    ("round(hours, 2, «\"half_evn\"»)", "wrong-value", "did you mean 'half_even'?"),
    ("«round()»", "argument-count", "round(x, scale?, mode?)"),
    ("sum(«sum(hours)»)", "unsupported-expression", "make it a column in a step before"),
    ("sum(hours) + «n»", "unsupported-expression", "aggregate it, or group by it"),
    ("hours «=» 2", "lua-syntax", "write '==' to compare"),
    ("hours * «»", "lua-syntax", nil),
    ("(hours«»", "lua-syntax", nil),
    ("«\"abc»", "lua-syntax", nil),
    ("«(paid and hours)» + 1", "type-mismatch", "end it with 'or': (paid and hours) or …"),
    ("if paid then return 1 end return «missing_name»", "unknown-column", nil),
    (
      "if referrer == nil then return 0 end return «bonus» + 1", "maybe-nil",
      "write bonus or 0, or test it first: bonus and …"
    ),
  ])
  func pointsAtTheMistake(marked: String, code: String, help: String?) throws {
    let (text, range) = unmarked(marked)
    var builder = ProgramBuilder(scope: Self.scope)
    #expect(builder.add(LocatedText(text, path: "x")) == nil)
    let found = builder.diagnostics.diagnostics
    #expect(found.count == 1, "\(found)")
    let first = try #require(found.first)
    #expect(first.code.rawValue == code, "\(first)")
    #expect(first.span?.range == range, "\(text): \(first.span?.text ?? "") \(first.message)")
    if let help { #expect(first.help == help) }
  }

  @Test func reportsAllMistakesOfAnExpression() {
    var builder = ProgramBuilder(scope: Self.scope)
    builder.add(LocatedText("houers + ratte * bonus", path: "x"))
    #expect(builder.diagnostics.diagnostics.map(\.code) == [.unknownColumn, .unknownColumn, .maybeNil])
  }

  @Test func pointsIntoTheFileThroughPieces() throws {
    let file = SourceFile(path: "p.yaml", text: "x: \"a\\\" .. bad\"")
    let text = LocatedText(
      text: "a\" .. bad", file: file,
      pieces: [.init(textOffset: 0, fileOffset: 4), .init(textOffset: 1, fileOffset: 6)], span: file.span(3..<16))
    #expect(text.span(6..<9).text == "bad")
  }

  private func unmarked(_ marked: String) -> (String, Range<Int>) {
    let parts = marked.split(separator: "«", omittingEmptySubsequences: false)
    let inner = parts[1].split(separator: "»", omittingEmptySubsequences: false)
    let start = parts[0].utf8.count
    return (String(parts[0] + inner[0] + inner[1]), start..<start + inner[0].utf8.count)
  }
}

/// Stands for the aggregates.
struct Sums: ExtractableCalls {
  let names = ["sum", "count"]
  func signature(_ name: String) -> String? { names.contains(name) ? "\(name)(x)" : nil }
  func resultType(_ name: String, _ arguments: [ExtractedArgument], at span: SourceSpan) throws(Diagnostic)
    -> ValueType
  {
    if name == "count" { return ValueType(.int) }
    guard let type = arguments.first?.type else { throw Diagnostic(.argumentCount, "sum takes one", at: span) }
    return ValueType(type.data.decimalScale.map { .decimal(scale: $0) } ?? type.data, unit: type.unit)
  }
  func mayRead(column: String) -> Bool { false }
}
