import Columns
import Diagnostics
import Testing

@testable import Expressions

struct FunctionCompilerTests {
  static let schema = Schema([
    Field("billed", ValueType(.decimal(precision: 10, scale: 2), unit: Unit("USD"))),
    Field("version", ValueType(.int)),
  ])

  static func number(_ text: String) -> ConstantTree { .value(Double(text).map { .float($0) } ?? .missing) }

  func run(_ source: String, terms: [ConstantTree], results: [ValueType?]) throws -> (
    outcome: FunctionCompiler.Outcome, rows: [[String]]
  ) {
    let text = LocatedText(source, path: "fee.lua")
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
    let last = (lines.lastIndex { $0.hasPrefix("end") } ?? 0) + 1
    let found = try FunctionCompiler.function(in: text, firstLine: 2, lastLine: last)
    let function = try #require(found)
    var builder = ProgramBuilder(
      scope: ExpressionScope(
        columns: Self.schema,
        settings: [
          "cap": .init(ValueType(.decimal(precision: 10, scale: 0), unit: Unit("USD")), .decimal(ExactDecimal(100)))
        ]))
    let outcome = FunctionCompiler(text: text, upvalues: ["base": .value(.int(2))]).compile(
      function, parameters: [.row(["amount": "billed"]), .chosen(terms, by: "version"), .settings], results: results,
      into: &builder)
    guard case .compiled(let outputs) = outcome else { return (outcome, []) }
    let amounts = ["100.00", "0.01", "1000.00", "2500.50"].map { Scalar.decimal(ExactDecimal($0) ?? ExactDecimal(0)) }
    let versions: [Scalar] = [.int(0), .int(1), .int(1), .int(0)]
    let result = try builder.build().evaluate(
      [Column(amounts, of: Self.schema[0].type.data), Column(versions, of: .int)], count: 4, worker: ProgramWorker())
    #expect(result.failures.isEmpty)
    return (outcome, outputs.map { output in (0..<4).map { result.columns[output.output].scalar($0).text } })
  }

  @Test func looksTermsUpByVersion() throws {
    let terms: [ConstantTree] = [
      .table(["rate": Self.number("0.10"), "name": .value(.string("old"))], items: []),
      .table(["rate": Self.number("0.15"), "name": .value(.string("new"))], items: []),
    ]
    let source = """
      return { fee =
      function(row, terms, settings)
        local fee = row.amount * terms.rate
        if fee > settings.cap then return settings.cap, "cap" end
        return math.max(fee, base), terms.name
      end }
      """
    let (_, rows) = try run(source, terms: terms, results: [nil, ValueType(.string)])
    #expect(rows == [["10", "2", "100", "100"], ["old", "new", "cap", "cap"]])
  }

  @Test func compilesOnceForEachVersionWhereShapesDiffer() throws {
    func tier(_ upTo: Int64?, _ rate: String) -> ConstantTree {
      .table(
        ["rate": Self.number(rate)].merging(upTo.map { ["up_to": .value(.int($0))] } ?? [:]) { a, _ in a }, items: [])
    }
    let terms: [ConstantTree] = [
      .table(["tiers": .table([:], items: [tier(1000, "0.2"), tier(nil, "0.1")])], items: []),
      .table(["tiers": .table([:], items: [tier(nil, "0.5")])], items: []),
    ]
    let source = """
      return { fee =
      function(row, terms)
        return graduated(row.amount, terms.tiers), #terms.tiers
      end }
      """
    let (outcome, rows) = try run(
      source, terms: terms, results: [ValueType(.decimal(scale: 4), unit: Unit("USD")), nil])
    if case .compiled = outcome {} else { Issue.record("\(outcome)") }
    #expect(rows == [["20", "0.005", "500", "350.05"], ["2", "1", "1", "2"]])
  }

  @Test func aTableIsTrueWhereItIsTested() throws {
    let tiers: ConstantTree = .table([:], items: [.table(["rate": Self.number("0.5")], items: [])])
    let terms: [ConstantTree] = [.table(["rate": Self.number("0.1")], items: []), .table(["tiers": tiers], items: [])]
    let source = """
      return { fee =
      function(row, terms)
        if not terms.tiers then return row.amount * terms.rate, "rate" end
        return graduated(row.amount, terms.tiers), terms.tiers and terms.tiers[1].rate == 0.5 and "half" or "other"
      end }
      """
    let (outcome, rows) = try run(source, terms: terms, results: [nil, ValueType(.string)])
    if case .compiled = outcome {} else { Issue.record("\(outcome)") }
    #expect(rows == [["10", "0.005", "500", "250.05"], ["rate", "half", "half", "rate"]])
  }

  @Test func loopsOverTables() throws {
    let terms: [ConstantTree] = [.table([:], items: [Self.number("0.1"), Self.number("0.2")])]
    let source = """
      return { fee =
      function(row, terms)
        local total = 0
        for i, rate in ipairs(terms) do
          if row.amount < 1 then break end
          total = total + row.amount * rate * i
        end
        return total
      end }
      """
    let (_, rows) = try run(source, terms: terms, results: [nil])
    #expect(rows == [["50", "0", "500", "1250.25"]])
  }

  @Test func saysWhatKeepsAFunctionFromTheFastPath() throws {
    let source = """
      return { fee =
      function(row, terms)
        local n = 0
        while n < row.amount do n = n + 1 end
        return n
      end }
      """
    let (outcome, _) = try run(source, terms: [.table([:], items: [])], results: [nil])
    guard case .interpreted(let reason) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(reason.span?.line == 4)
  }

  @Test func unitsHoldInsideFunctions() throws {
    let source = """
      return { fee =
      function(row, terms)
        return row.amount + row.amount * row.amount
      end }
      """
    let (outcome, _) = try run(source, terms: [.table([:], items: [])], results: [nil])
    guard case .invalid(let diagnostics) = outcome else {
      Issue.record("\(outcome)")
      return
    }
    #expect(diagnostics.map(\.code) == [.unitMismatch])
  }
}
