import Columns
import Diagnostics
import LuaHost
import Testing

@testable import Expressions

struct ProgramTests {
  static let schema = Schema([
    Field("hours", ValueType(.decimal(precision: 6, scale: 2))),
    Field("rate", ValueType(.decimal(precision: 8, scale: 2), unit: Unit("USD"))),
    Field("referrer", ValueType(.int, isNullable: true)),
    Field("n", ValueType(.int)),
    Field("status", ValueType(.string)),
    Field("issued_on", ValueType(.date)),
    Field("tags", ValueType(.list(.string))),
  ])

  static func columns() -> [Column] {
    func decimal(_ text: String) -> Scalar { ExactDecimal(text).map { .decimal($0) } ?? .missing }
    func day(_ text: String) -> Scalar { CalendarDate(text).map { .date($0) } ?? .missing }
    let rows: [[Scalar]] = [
      [
        decimal("1.50"), decimal("100.00"), .missing, .int(0), .string("paid"), day("2026-01-31"),
        .list([.string("a")]),
      ],
      [decimal("-0.05"), decimal("0.01"), .int(7), .int(.max), .string(""), day("2024-02-29"), .list([])],
      [
        decimal("9999.99"), decimal("999999.99"), .int(-1), .int(2), .string("Drafft"), day("2025-12-15"),
        .list([.string("b"), .string("a")]),
      ],
    ]
    return schema.fields.indices.map { column in Column(rows.map { $0[column] }, of: schema[column].type.data) }
  }

  func evaluate(_ text: String) throws -> (type: ValueType, texts: [String], failures: [RowFailure]) {
    var builder = ProgramBuilder(scope: ExpressionScope(columns: Self.schema))
    let compiled = builder.add(LocatedText(text, path: "x"))
    try builder.diagnostics.throwIfErrors()
    let type = try #require(compiled).type
    let result = try builder.build().evaluate(Self.columns(), count: 3, worker: ProgramWorker())
    let failed = Set(result.failures.map(\.row))
    return (
      type, (0..<3).map { failed.contains(Int32($0)) ? "!" : result.columns[0].scalar($0).text }, result.failures
    )
  }

  @Test(arguments: [
    ("hours * rate", "decimal(14,4) USD", ["150", "-0.0005", "9999989900.0001"]),
    ("hours * 0.15", "decimal(8,4)", ["0.225", "-0.0075", "1499.9985"]),
    ("rate + 1", "decimal(9,2) USD", ["101", "1.01", "1000000.99"]),
    ("rate / hours", "decimal(38,18) USD", ["66.666666666666666667", "-0.2", "100.000099000099000099"]),
    ("round(hours, 1)", "decimal(6,1)", ["1.5", "0", "10000"]),
    ("round(hours, 1, \"half_up\")", "decimal(6,1)", ["1.5", "-0.1", "10000"]),
    ("referrer or 0", "int", ["0", "7", "-1"]),
    ("referrer and referrer * 2", "int?", ["nil", "14", "-2"]),
    ("referrer and referrer * 2 or n", "int", ["0", "14", "-2"]),
    ("referrer ~= nil and referrer > 0", "bool", ["false", "true", "false"]),
    ("if referrer == nil then return -5 end return referrer + 1", "int", ["-5", "8", "0"]),
    ("n + 1", "int", ["1", "!", "3"]),
    ("n // n", "int", ["!", "1", "1"]),
    ("n ~= 0 and 10 // n > 0", "bool", ["false", "false", "true"]),
    ("n == 0 or 10 // n > 0", "bool", ["true", "false", "true"]),
    ("n / 2", "float", ["0.0", "4.611686018427388e+18", "1.0"]),
    ("status == \"paid\"", "bool", ["true", "false", "false"]),
    ("status == \"paid\" and hours or rate * 0 == nil and 2 or 1", "decimal(21,2)", ["1.5", "1", "1"]),
    ("upper(status) .. n", "string", ["PAID0", "9223372036854775807", "DRAFFT2"]),
    ("sub(status, -3)", "string", ["aid", "", "fft"]),
    ("replace(status, \"f\", \"xx\")", "string", ["paid", "", "Draxxxxt"]),
    ("from_hex(\"0x00CEcb8f27f4200f3a000000\", 18)", "decimal(38,18)", ["250000000", "250000000", "250000000"]),
    ("from_hex(replace(status, \"paid\", \"0x\") .. \"fF\")", "decimal(38,0)", ["255", "255", "!"]),
    (
      "from_hex(replace(status, \"paid\", \"4b3b4ca85a86c47a098a223fffffffff\") .. \"\")", "decimal(38,0)",
      ["99999999999999999999999999999999999999", "!", "!"]
    ),
    ("one_of(status, \"paid\", \"\")", "bool", ["true", "true", "false"]),
    ("issued_on > \"2025-01-01\"", "bool", ["true", "false", "true"]),
    ("issued_on - \"2024-02-28\"", "int", ["703", "1", "656"]),
    ("month(issued_on)", "date", ["2026-01-01", "2024-02-01", "2025-12-01"]),
    ("add_months(issued_on, 1)", "date", ["2026-02-28", "2024-03-29", "2026-01-15"]),
    ("issued_on.year * 100 + issued_on.month", "int", ["202601", "202402", "202512"]),
    ("len(tags)", "int", ["1", "0", "2"]),
    ("contains(tags, \"a\")", "bool", ["true", "false", "true"]),
    ("eq(hours, 1.5)", "bool", ["true", "false", "false"]),
    ("eq(referrer, 7)", "bool", ["false", "true", "false"]),
    ("ratio(n, referrer)", "decimal(38,18)?", ["nil", "1317624576693539401", "-2"]),
    ("ratio(1, n)", "decimal(38,18)?", ["nil", "0", "0.5"]),
    ("math.max(hours, 1, 2.5)", "decimal(6,2)", ["2.5", "2.5", "9999.99"]),
    ("mul_div(hours, rate, 3, 2)", "decimal(38,2) USD", ["50", "0", "3333329966.67"]),
    (
      "graduated(rate, {{ up_to = 10, rate = 0.5 }, { rate = 0.1 }})", "decimal(9,3) USD",
      ["14", "0.005", "100003.999"]
    ),
    ("volume(rate, {{ up_to = 100, rate = 0.5 }, { rate = 0.1 }})", "decimal(9,3) USD", ["50", "0.005", "99999.999"]),
    ("local t = 0 for i = 1, 3 do t = t + i if i == n then break end end return t", "int", ["6", "6", "3"]),
    (
      "local function f(x) if x > 1 then return x end return 1 end return f(hours) * 2", "decimal(7,2)",
      ["3", "2", "19999.98"]
    ),
    ("not (referrer and referrer > 0)", "bool", ["true", "false", "true"]),
    (
      "hours * hours * hours * hours * hours * hours * hours", "decimal(38,14)",
      ["17.0859375", "-0.00000000078125", "!"]
    ),
  ])
  func computes(text: String, type: String, expected: [String]) throws {
    let result = try evaluate(text)
    #expect(result.texts == expected, "\(text): \(result.failures)")
    #expect(result.type.description == type, "\(text)")
  }

  /// What a rule may call must not depend on which path it takes.
  @Test func everyFunctionHasATwinInTheInterpreter() {
    let ofLua: Set = ["tostring", "tonumber", "math.min", "math.max", "math.abs", "math.floor", "math.ceil"]
    let expressions = Set(FunctionLibrary.all.map(\.name)).subtracting(ofLua)
    #expect(expressions.subtracting(HostFunction.all.map(\.name)).sorted() == [])
  }

  @Test func takesCallsOutAndFinishesOverTheirResults() throws {
    var builder = ProgramBuilder(scope: ExpressionScope(columns: Self.schema, extractable: Sums()))
    let shareAdded = builder.add(LocatedText("sum(hours * rate) / sum(hours) * count()", path: "x"))
    let share = try #require(shareAdded)
    #expect(builder.extractedCalls.map(\.name) == ["sum", "sum", "count"])
    #expect(share.phase == .finish)
    #expect(builder.extractedCalls.map { $0.arguments.first?.output } == [0, 1, nil])
    #expect(builder.extractedCalls[1].arguments[0].column == "hours")
    _ = builder.build()
  }

  @Test func finishesOverColumnsOfCalls() throws {
    var builder = ProgramBuilder(scope: ExpressionScope(columns: Self.schema, extractable: Sums()))
    let shareAdded = builder.add(LocatedText("sum(n) / count(n)", path: "x"))
    let share = try #require(shareAdded)
    let program = builder.buildFinish()
    let first = Self.schema.count
    #expect(program.inputColumns == [first, first + 1])
    var columns = [Column](repeating: Column([], of: .int), count: first)
    columns += [Column([.int(9), .int(1)], of: .int), Column([.int(2), .int(4)], of: .int)]
    let result = try program.evaluate(columns, count: 2, worker: ProgramWorker())
    #expect((0..<2).map { result.columns[share.output].scalar($0) } == [.float(4.5), .float(0.25)])
  }

  @Test func laterExpressionsSeeDefinedNames() throws {
    var builder = ProgramBuilder(scope: ExpressionScope(columns: Self.schema))
    let amountAdded = builder.add(LocatedText("hours * rate", path: "x"))
    let amount = try #require(amountAdded)
    builder.define("amount", amount)
    let doubledAdded = builder.add(LocatedText("amount * 2", path: "x"))
    let doubled = try #require(doubledAdded)
    let againAdded = builder.add(LocatedText("hours * rate * 2", path: "x"))
    let again = try #require(againAdded)
    let program = builder.build()
    #expect(program.nodes.count == 5, "\(program.explanation)")
    let result = try program.evaluate(Self.columns(), count: 3, worker: ProgramWorker())
    #expect(result.columns[doubled.output].scalar(0) == result.columns[again.output].scalar(0))
  }

  @Test func dictionaryTextIsComputedOncePerText() throws {
    let dictionary = TextDictionary()
    let codes = ["Paid", "x", "Paid"].map { dictionary.code(for: $0) }
    var builder = ProgramBuilder(scope: ExpressionScope(columns: Schema([Field("s", ValueType(.string))])))
    builder.add(LocatedText("lower(s) == \"paid\"", path: "x"))
    builder.add(LocatedText("lower(s)", path: "x"))
    let (program, worker) = (builder.build(), ProgramWorker())
    for _ in 0..<2 {
      let result = try program.evaluate([Column(.texts(.coded(codes, dictionary)))], count: 3, worker: worker)
      #expect((0..<3).map { result.columns[0].scalar($0) } == [.bool(true), .bool(false), .bool(true)])
      #expect((0..<3).map { result.columns[1].scalar($0).text } == ["paid", "x", "paid"])
    }
    #expect(worker.dictionaryResults.values.map(\.count) == [2])
  }
}
