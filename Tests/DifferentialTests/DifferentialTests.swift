import Columns
import Foundation
import LuaPlugins
import Planning
import Testing

/// Random rules over hostile values: the columnar program, the interpreter and plain Lua say the same of every row.
///
/// `WEIR_FUZZ_RULES` is how many rules are tried, `WEIR_FUZZ_SEED` the seed of the first; rule `n` has the seed of the
/// first plus `n`.
@Suite struct DifferentialTests {
  private static let environment = ProcessInfo.processInfo.environment
  static let rules = environment["WEIR_FUZZ_RULES"].flatMap { Int($0) } ?? 120
  static let seed = environment["WEIR_FUZZ_SEED"].flatMap { UInt64($0) } ?? 1
  static let rowsPerRule = environment["WEIR_FUZZ_ROWS"].flatMap { Int($0) } ?? 64

  @Test func allPathsGiveTheSameBytes() throws {
    var campaign = try Campaign(rowsPerRule: Self.rowsPerRule)
    for number in 0..<Self.rules {
      try campaign.run(seed: Self.seed &+ UInt64(number))
      if campaign.findings.count >= 10 { break }
    }
    try campaign.askStockInterpreter()
    print(campaign.summary)
    for finding in campaign.findings { Issue.record("\(finding)") }
    #expect(campaign.compared > 0 || Self.rules < 20)
  }
}

/// Many rules, one after the other, and what was found.
struct Campaign {
  let rowsPerRule: Int
  private let workbench: Workbench
  private let stock = StockInterpreter()
  private(set) var findings: [Finding] = []
  /// Rules that ran, that were refused by both paths, that raised in some row; comparisons of rows between paths, and
  /// with plain Lua.
  private(set) var ran = 0
  private(set) var refused = 0
  private(set) var failing = 0
  private(set) var compared = 0
  private(set) var comparedWithStock = 0
  private var refusals: [String: Int] = [:]
  private var waiting: [(request: StockInterpreter.Request, outcomes: [RowOutcome], type: DataType, seed: UInt64)] = []

  /// Whether each rule is printed before it runs, to see the one that ends the process.
  private static let isTraced = ProcessInfo.processInfo.environment["WEIR_FUZZ_TRACE"] != nil

  init(rowsPerRule: Int) throws {
    self.rowsPerRule = rowsPerRule
    workbench = try Workbench()
  }

  struct Finding: CustomStringConvertible {
    var seed: UInt64
    var rule: Rule
    var difference: String

    var description: String { "seed \(seed): \(difference)\n\(rule.file)" }
  }

  var summary: String {
    let plain =
      stock == nil
      ? "lua5.4 is not installed: nothing was compared with plain Lua"
      : "\(comparedWithStock) rows compared with plain Lua"
    let reasons = refusals.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(12)
    return """
      \(ran) rules ran (\(failing) with rows that raise), \(refused) were refused by both paths; \(compared) rows compared; \(plain)
      """
        + (ProcessInfo.processInfo.environment["WEIR_FUZZ_VERBOSE"] == nil
          ? "" : "\n" + reasons.map { "  \($0.value) \($0.key)" }.joined(separator: "\n"))
  }

  mutating func run(seed: UInt64) throws {
    var generator = RuleGenerator(seed: seed)
    let rule = generator.rule()
    if Self.isTraced { print("seed \(seed)\n\(rule.file)") }
    let comparison = try compare(rule, seed: seed)
    if let difference = comparison.difference {
      let small = rule.shrunk { candidate in (try? compare(candidate, seed: seed))?.difference != nil }
      let shown = try compare(small, seed: seed).difference ?? difference
      findings.append(Finding(seed: seed, rule: small, difference: shown))
      return
    }
    guard let outcomes = comparison.outcomes else {
      refused += 1
      refusals[comparison.refusal ?? "", default: 0] += 1
      return
    }
    ran += 1
    compared += outcomes.count
    if outcomes.contains(where: { if case .failed = $0 { true } else { false } }) { failing += 1 }
    guard stock != nil, rule.isStock, let type = comparison.type else { return }
    let request = StockInterpreter.Request(rule: rule, columns: comparison.columns, count: outcomes.count)
    waiting.append((request, outcomes, type, seed))
    if waiting.count >= 100 { try askStockInterpreter() }
  }

  struct Comparison {
    var difference: String?
    var outcomes: [RowOutcome]?
    var type: DataType?
    var columns: [Column] = []
    var refusal: String?
  }

  func compare(_ rule: Rule, seed: UInt64) throws -> Comparison {
    let fast = try workbench.bind(rule, .columnar)
    let slow = try workbench.bind(rule, .interpreter)
    var comparison = Comparison()
    guard let columnar = fast.bound else {
      comparison.refusal = fast.refusals.first
      return comparison
    }
    guard let interpreted = slow.bound else {
      comparison.difference = "compiled, and refused by the interpreter: \(slow.refusals)"
      return comparison
    }
    guard columnar.results == interpreted.results else {
      comparison.difference = "columnar gives \(columnar.results), the interpreter \(interpreted.results)"
      return comparison
    }
    let used = rule.columns.isEmpty ? [RuleColumn.all[0]] : rule.columns
    comparison.type = columnar.results[0].data
    // The values of a column depend on the seed and the column alone, so that a smaller rule sees the same ones.
    comparison.columns = used.map { column in
      var random = Random(seed: column.name.utf8.reduce(seed) { $0 &* 31 &+ UInt64($1) })
      return column.column(rowsPerRule, &random)
    }
    let a = try Workbench.run(columnar, comparison.columns, count: rowsPerRule)
    let b = try Workbench.run(interpreted, comparison.columns, count: rowsPerRule)
    guard case .rows(let rows) = a, case .rows(let others) = b else {
      if a != b { comparison.difference = "columnar: \(a.summary)\ninterpreter: \(b.summary)" }
      comparison.outcomes = a == b ? [] : nil
      return comparison
    }
    comparison.outcomes = rows
    guard let row = rows.indices.first(where: { rows[$0] != others[$0] }) else { return comparison }
    let values = zip(used, comparison.columns).map { "\($0.name) = \($1.scalar(row))" }.joined(separator: ", ")
    comparison.difference = "row \(row) (\(values))\ncolumnar: \(rows[row])\ninterpreter: \(others[row])"
    return comparison
  }

  mutating func askStockInterpreter() throws {
    guard let stock, !waiting.isEmpty else { return }
    let answers = try stock.answers(waiting.map(\.request))
    for (asked, answers) in zip(waiting, answers) where !asked.outcomes.isEmpty {
      comparedWithStock += answers.count
      let differing = asked.outcomes.indices.first { row in
        row >= answers.count || !answers[row].agrees(with: asked.outcomes[row], asked.type)
      }
      guard let row = differing else { continue }
      let rule = asked.request.rule
      let values = zip(rule.columns, asked.request.columns).map { "\($0.name) = \($1.scalar(row))" }
      findings.append(
        Finding(
          seed: asked.seed, rule: rule,
          difference: """
            row \(row) (\(values.joined(separator: ", ")))
            both paths: \(asked.outcomes[row])
            plain Lua: \(row < answers.count ? "\(answers[row])" : "no answer")
            """))
    }
    waiting = []
  }
}

extension Outcome {
  var summary: String {
    switch self {
    case .refused(let reasons): "refused: \(reasons.joined(separator: "; "))"
    case .stopped(let message): "stopped: \(message)"
    case .rows(let rows): "rows: \(rows.prefix(3).map { "\($0)" }.joined(separator: " ")) …"
    }
  }
}
