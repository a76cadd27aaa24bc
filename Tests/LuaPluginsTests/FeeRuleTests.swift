import Columns
import Diagnostics
import Foundation
import Planning
import Testing

@testable import LuaPlugins

/// A plugin folder on the disk with one fee rule.
private func catalogue(rule: String, settings: String = "") throws -> (PluginCatalogue, [Diagnostic]) {
  let folder = FileManager.default.temporaryDirectory.appending(path: "weir-plugin-\(UUID().uuidString)")
  defer { try? FileManager.default.removeItem(at: folder) }
  try FileManager.default.createDirectory(at: folder.appending(path: "fees"), withIntermediateDirectories: true)
  try "name: p\nversion: 1.0.0\n\(settings)".write(
    to: folder.appending(path: "plugin.yaml"), atomically: true, encoding: .utf8)
  try rule.write(to: folder.appending(path: "fees/fee.lua"), atomically: true, encoding: .utf8)
  var bag = DiagnosticBag()
  let file = SourceFile(path: "test", text: "")
  return (PluginLoader.load(folder: folder.path, at: file.span(0..<0), &bag), bag.diagnostics)
}

private func versions(_ terms: String, rest: String = "") -> String {
  """
  return fee_rule {
    name = "fee", inputs = { amount = "decimal USD", day = "date" }, priced_by = "day",
    versions = { \(terms) }, \(rest)
  }
  """
}

/// Fee, version and branch of each amount on a day, as texts.
private func price(_ rule: String, _ rows: [(String, String)], settings: String = "") throws -> [String] {
  let (plugins, problems) = try catalogue(rule: rule, settings: settings)
  #expect(problems == [])
  let fee = try #require(plugins.feeRules["p.fee"])
  let amount = ValueType(.decimal(precision: 12, scale: 2), unit: Unit("USD"))
  let bound = try fee.script.bind([amount, ValueType(.date)], terms: [])
  let columns = [
    Column(rows.map { .decimal(ExactDecimal($0.0)!) }, of: amount.data),
    Column(rows.map { .date(CalendarDate($0.1)!) }, of: .date),
  ]
  let (results, failing) = try bound.makeInstance(WorkerContext()).map(columns, count: rows.count)
  return rows.indices.map { row in
    if let problem = failing.first(where: { $0.row == Int32(row) }) { return problem.code.rawValue }
    return results.map { $0.scalar(row).text }.joined(separator: " ")
  }
}

@Suite struct FeeRuleTests {
  @Test func theVersionInForceOnTheDayPrices() throws {
    let rule = versions(
      #"{ valid_from = "2020-01-01", valid_to = "2023-07-19", rate = 0.10 }, { valid_from = "2023-07-19", rate = 0.15 }"#
    )
    #expect(
      try price(rule, [("100.00", "2023-07-18"), ("100.00", "2023-07-19"), ("100.00", "2019-12-31")]) == [
        "10 2020-01-01 rate", "15 2023-07-19 rate", "no-version",
      ])
  }

  @Test func tiersGraduateOrApplyToTheWhole() throws {
    let tiers = #"{ valid_from = "2020-01-01", tiers = { { up_to = 1000, rate = 0.20 }, { rate = 0.10 } } }"#
    #expect(try price(versions(tiers), [("1500.00", "2024-01-01")]) == ["250 2020-01-01 graduated"])
    #expect(
      try price(versions(tiers, rest: #"method = "volume","#), [("1500.00", "2024-01-01")]) == [
        "150 2020-01-01 volume"
      ])
  }

  @Test func someVersionsHaveTiersAndOthersARate() throws {
    let terms =
      #"{ valid_from = "2020-01-01", valid_to = "2023-01-01", rate = 0.1 }, { valid_from = "2023-01-01", tiers = { { up_to = 10.5, rate = 0.20 }, { rate = 0.10 } } }"#
    #expect(
      try price(versions(terms), [("100.00", "2022-01-01"), ("100.00", "2024-01-01")]) == [
        "10 2020-01-01 rate", "11.05 2023-01-01 graduated",
      ])
  }

  @Test func aRuleReadsTheSettingsOfItsPlugin() throws {
    let rule = versions(
      #"{ valid_from = "2020-01-01" }"#,
      rest: #"fee = function(row) return math.min(row.amount, settings.most), "least" end,"#)
    let settings = "settings: { most: { type: decimal USD, default: 5 } }\n"
    #expect(try price(rule, [("7.00", "2024-01-01")], settings: settings) == ["5 2020-01-01 least"])
  }

  @Test func minimumMaximumAndRoundingComeAfterPricing() throws {
    let rule = versions(
      #"{ valid_from = "2020-01-01", rate = 0.125 }"#,
      rest: #"minimum = 1, maximum = 50, rounding = { scale = 1, mode = "half_even" },"#)
    #expect(
      try price(rule, [("2.00", "2024-01-01"), ("10.00", "2024-01-01"), ("10000.00", "2024-01-01")]) == [
        "1 2020-01-01 minimum", "1.2 2020-01-01 rate", "50 2020-01-01 maximum",
      ])
  }

  @Test func gapsAndOverlapsOfVersionsAreRefused() throws {
    let gap = versions(
      #"{ valid_from = "2020-01-01", valid_to = "2021-01-01", rate = 0.1 }, { valid_from = "2021-01-02", rate = 0.2 }"#)
    #expect(try catalogue(rule: gap).1.map(\.code) == [.versionGap])
    let overlap = versions(
      #"{ valid_from = "2020-01-01", valid_to = "2021-01-02", rate = 0.1 }, { valid_from = "2021-01-01", rate = 0.2 }"#)
    #expect(try catalogue(rule: overlap).1.map(\.code) == [.versionOverlap])
  }

  /// The second body cannot be compiled (a pattern) and means the same.
  @Test func bothPathsGiveTheSameBytes() throws {
    let terms = #"{ valid_from = "2020-01-01", rate = 0.15, limit = 1000 }"#
    func body(_ guardian: String) -> String {
      versions(
        terms,
        rest: """
          fee = function(row, terms)
            \(guardian)
            local fee = row.amount * terms.rate
            if row.amount > terms.limit then return fee - 0.005, "large" end
            return math.max(fee, 2), "small"
          end, rounding = { scale = 2, mode = "half_even" },
          """)
    }
    let rows = [
      ("0.01", "2024-01-01"), ("13.37", "2024-02-29"), ("1000.00", "2024-01-01"), ("1000.01", "2024-01-01"),
      ("-5.00", "2020-01-01"),
    ]
    let compiled = try price(body(""), rows)
    let interpreted = try price(body(#"if string.find("x", "y") then return 0, "never" end"#), rows)
    #expect(compiled == interpreted)
    #expect(compiled[0] == "2 2020-01-01 small")
  }

  @Test func aRuleThatReturnsTextForMoneyStopsTheRun() throws {
    let rule = versions(
      #"{ valid_from = "2020-01-01" }"#,
      rest: #"fee = function(row) if string.find("x", "x") then return "12", "text" end return row.amount, "x" end,"#)
    #expect(throws: RunFailure.self) { try price(rule, [("1.00", "2024-01-01")]) }
  }

  @Test func aSyntaxErrorPointsIntoTheFile() throws {
    let (_, problems) = try catalogue(rule: "return fee_rule {\n  name = = \"fee\"\n}")
    #expect(problems.first?.span?.line == 2)
  }
}
