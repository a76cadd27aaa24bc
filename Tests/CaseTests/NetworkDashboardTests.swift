import Foundation
import Testing

/// The network dashboard over the example marketplace, as it is and with one thing changed.
///
/// The bytes of its tables are the expectations of `Examples/network`.
@Suite struct NetworkDashboardTests {
  static let pipeline = "Pipelines/network-dashboard.yaml"
  static let data = Package.root.appending(path: "Examples/network/data")

  static let hasAwk = FileManager.default.isExecutableFile(atPath: "/usr/bin/awk")

  @Test(.enabled(if: hasAwk, "skipped: there is no awk"))
  func theDataIsWhatItsScriptMakes() throws {
    let folder = try Package.freshFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try makeData(in: folder, invoices: 500)
    let made = try Package.files(below: folder)
    #expect(made.count == 11)
    #expect(try made == Package.files(below: Self.data))
  }

  /// Enough invoices for several splits of a file.
  @Test(.enabled(if: hasAwk, "skipped: there is no awk"))
  func isTheSameForAnyNumberOfWorkers() throws {
    let folder = try Package.freshFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try makeData(in: folder, invoices: 120_000)
    let runs = try ["1", "2", "8"].map { try run(["data=\(folder.path)"], workers: $0) }
    #expect(runs[0].code == 0, "\(runs[0].err)")
    let files = runs.map { run in run.files.filter { $0.key != "run.json" } }
    #expect(files[0].count > 30)
    #expect(files[0] == files[1] && files[1] == files[2])
  }

  @Test func everyFigureSaysWhatItIs() throws {
    let report = try #require(try run().files["dashboard.json"])
    let tables = try JSONDecoder().decode(Report.self, from: Data(report.utf8)).tables
    #expect(tables.count == 23)
    // Keys and what was read as it is; everything else is a figure.
    let keys: Set<String> = [
      "period", "grain", "month", "fee_month", "client_fee_version", "client_fee_branch", "group", "title", "share",
      "starts_on", "cliff_months", "parts", "referrer_id", "referrer", "cap_scope", "referral_id", "side",
      "referred_id", "referred_on", "reason", "skill", "country", "view",
    ]
    for (name, table) in tables {
      for column in table.columns where !keys.contains(column.name) {
        #expect(column.title != nil && column.definition != nil, "\(name).\(column.name)")
        #expect(column.source?.hasPrefix("network ") == true, "\(name).\(column.name)")
        #expect(column.unit != nil, "\(name).\(column.name)")
      }
    }
  }

  @Test func pagesOfTheLeaderboardFollowEachOther() throws {
    let whole = try #require(try run().files["referrers.csv"]).split(separator: "\n")
    var pages: [Substring] = []
    for page in 1...4 {
      let files = try run(["page=\(page)", "page_size=3"]).files
      pages += try #require(files["referrers.csv"]).split(separator: "\n").dropFirst()
    }
    #expect(pages == Array(whole.dropFirst()))
  }

  @Test func theCapMayBeEachReferrersOwn() throws {
    let rows = try #require(try run(["cap_scope=referrer"]).files["referrers.csv"]).split(separator: "\n")
    #expect(rows.dropFirst().prefix(3).map { $0.split(separator: ",")[5] } == ["10000.00", "10000.00", "10000.00"])
    #expect(rows.dropFirst().prefix(3).map { $0.split(separator: ",")[1] } == ["4", "7", "11"])
  }

  @Test func tablesThatShowAllTheirGroupsCountNone() throws {
    let files = try run(["smallest_group=3"]).files
    #expect(try #require(files["rates_by_skill.csv"]).contains("solidity,7,91.14,57.38,76.5,121.88"))
    #expect(try #require(files["rates_not_shown.csv"]).contains("rates_by_skill,0,0\n"))
  }

  /// One line of the data replaced, and what the run says of it.
  struct Change: Sendable, CustomTestStringConvertible {
    let file: String
    let line: String
    let replacement: String?
    let code: Int32
    let says: String

    var testDescription: String { "\(file): \(line) -> \(replacement ?? "")" }
  }

  static let changes = [
    Change(
      file: "transfers.csv", line: "t1,", replacement: nil, code: 3,
      says: "assert: eq(unexplained, 0): does not hold in 1 row, the first with month = 2022-02-01, unexplained = -"),
    Change(
      file: "allocation.csv", line: "sale_2,",
      replacement: "sale_2,Public sale 2,0.014,3500000.000000000000000001,2021-09-15,0,6,1,6", code: 3,
      says: "assert: eq(tokens, tokens_of_share): does not hold in 1 row, the first with group = sale_2"),
    Change(
      file: "allocation.csv", line: "seed,", replacement: "seed,Seed sale,0.071,17750000,2021-09-15,12,24,0,1", code: 3,
      says: "assert: eq(unallocated, 0)"),
    Change(
      file: "allocation.csv", line: "seed,", replacement: "seed,Seed sale,0.07,17500000,2021-09-15,12,0,1,2", code: 1,
      says: "without monthly parts the group has to be free at once"),
    Change(
      file: "prices.csv", line: "2021-10-01,", replacement: "2021-09-24,BTRST,9.990000", code: 1,
      says: "two rows of 'prices' have token = BTRST, day = 2021-09-24"),
    Change(
      file: "applications.csv", line: "2,", replacement: "1,38,23,2024-12-17,declined", code: 3,
      says: "2 rows have application_id = 1"),
    Change(
      file: "invoices.csv", line: "2,", replacement: "4,2024-05-05,1,1,1,10.00,50.00,paid", code: 3,
      says: "2 rows have invoice_id = 4"),
    Change(
      file: "client_terms.csv", line: "15,2025-07-01", replacement: "15,2024-07-01,,0.11,,,,", code: 1,
      says: "the terms of client_id = 15 overlap: client_terms 2024-01-01 and client_terms 2024-07-01"),
    Change(
      file: "client_terms.csv", line: "9,", replacement: "9,2022-01-01,,,,,150 dollars,", code: 1,
      says: "client_terms.csv:4: byte 130: '150 dollars'"),
    Change(
      file: "projects.csv", line: "2,", replacement: "1,\"Again\",data,1,3,3,2024-01-01,active,,2026-01-01,50.00,USD",
      code: 1, says: "2 rows of 'project_talent' have project_id = 1"),
    Change(
      file: "conversions.csv", line: "2,", replacement: "2,2022-01-01,2022-03-08,0.0022", code: 1,
      says: "have fee_month = 2022-01-01"),
    Change(
      file: "referrals.csv", line: "5,", replacement: "5,11,friend,6,2022-02-01", code: 3,
      says: "one_of(side, \"client\", \"talent\")"),
  ]

  @Test(arguments: changes)
  func saysWhatIsWrong(_ change: Change) throws {
    let folder = try Package.freshFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    for name in try FileManager.default.contentsOfDirectory(atPath: Self.data.path) {
      try FileManager.default.copyItem(at: Self.data.appending(path: name), to: folder.appending(path: name))
    }
    let file = folder.appending(path: change.file)
    var lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
    let place = try #require(lines.firstIndex { $0.hasPrefix(change.line) })
    lines.replaceSubrange(place...place, with: change.replacement.map { [$0] } ?? [])
    try (lines.joined(separator: "\n") + "\n").write(to: file, atomically: true, encoding: .utf8)
    let result = try run(["data=\(folder.path)"])
    #expect(result.code == change.code)
    #expect(result.err.contains(change.says), "\(result.err)")
    #expect(result.files["dashboard.json"] == nil)
  }

  private func run(
    _ parameters: [String] = [], workers: String = "2"
  ) throws -> (code: Int32, err: String, files: [String: String]) {
    let out = try Package.freshFolder()
    defer { try? FileManager.default.removeItem(at: out) }
    let arguments = ["run", Self.pipeline, "--out", out.path, "--workers", workers]
    let result = try Binary.run(arguments + parameters.flatMap { ["--param", $0] }, in: Package.root)
    return (result.code, result.err, try Package.files(below: out))
  }

  private func makeData(in folder: URL, invoices: Int) throws {
    let awk = Process()
    awk.executableURL = URL(filePath: "/usr/bin/awk")
    let script = Package.root.appending(path: "Examples/network/make-data.awk").path
    awk.arguments = ["-v", "folder=\(folder.path)/", "-v", "invoices=\(invoices)", "-f", script]
    try awk.run()
    awk.waitUntilExit()
    #expect(awk.terminationStatus == 0)
  }

  private struct Report: Decodable {
    let tables: [String: Table]

    struct Table: Decodable { let columns: [Column] }

    struct Column: Decodable {
      let name: String
      let title: String?
      let definition: String?
      let unit: String?
      let source: String?
    }
  }
}
