import Foundation
import Testing

/// `weir run --profile`: its figures differ from run to run, its lines do not.
struct ProfileTests {
  private struct Profile: Decodable {
    struct Line: Decodable {
      var label: String
      var depth: Int
      var processorUs: Int
      var rows: Int?
      var bytes: Int?
    }
    struct Function: Decodable {
      var name: String
      var path: String
      var compileUs: Int
      var rows: Int
      var rowsSentBack: Int
    }
    var processorUs: Int
    var lines: [Line]
    var functions: [Function]
  }

  private struct Outcome: Decodable { var profile: Profile }
  private struct Manifest: Decodable { var profile: Profile? }

  private static let pipeline = """
    weir: 1
    name: priced
    plugins: [{ path: rules }]
    ingest:
      rows: { type: csv, path: rows.csv, columns: { id: int, amount: "decimal(8,2)", day: date, unused: string } }
    transform:
      priced:
        from: rows
        steps:
          - filter: amount > 1
          - fee: rules.share
          - derive: { slow: "rules.backwards(tostring(id))" }
      total: { from: priced, steps: [{ aggregate: { metrics: [{ total: sum(share) }, { last: max(slow) }] } }] }
    checks:
      - { from: total, assert: total > 0 }
    export:
      total: { from: total, type: csv, path: total.csv }
    """
  private static let files = [
    "pipeline.yaml": pipeline,
    "rows.csv": "id,amount,day,unused\n1,10.00,2024-01-01,a\n2,0.50,2024-01-02,b\n3,30.00,2024-01-03,c\n",
    "rules/plugin.yaml": "name: rules\nversion: 1.0.0\nweir: \">=0.1\"\n",
    "rules/fees/share.lua": """
    return fee_rule {
      name = "share", title = "Share", payer = "client", definition = "A tenth.",
      inputs = { amount = "decimal", day = "date" }, priced_by = "day",
      versions = { { valid_from = "2018-01-01", rate = 0.10 } },
      fee = function(row, terms) return row.amount * terms.rate, "flat" end,
    }
    """,
    "rules/functions/backwards.lua": """
    return func {
      name = "backwards", title = "Backwards", definition = "A text from its end.", inputs = { text = "string" },
      returns = "string", value = function(text) return string.reverse(text) end,
    }
    """,
  ]

  private func run(_ options: [String]) throws -> (out: String, err: String, manifest: Data) {
    let folder = FileManager.default.temporaryDirectory.appending(path: "weir-profile-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    for (path, text) in Self.files {
      let file = folder.appending(path: path)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    let result = try Binary.run(["run", "pipeline.yaml", "--out", "out"] + options, in: folder)
    #expect(result.code == 0, "\(result.err)")
    return (result.out, result.err, try Data(contentsOf: folder.appending(path: "out/run.json")))
  }

  @Test(arguments: ["1", "2"])
  func everyStepColumnFunctionAndOutputHasALine(_ workers: String) throws {
    let result = try run(["--profile", "--json", "--workers", workers])
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let profile = try decoder.decode(Outcome.self, from: Data(result.out.utf8)).profile
    let labels = profile.lines.map(\.label)
    #expect(
      labels.filter { !$0.hasPrefix("check") } == [
        "start and plan", "ingest 'rows'", "read and cut into cells", "id (int)", "amount (decimal(8,2))", "day (date)",
        "priced, step 1 (filter)", "priced, step 2 (fee)", "priced, step 3 (derive)", "total, step 1 (aggregate)",
        "write total.csv", "the rest",
      ])
    let ingest = try #require(profile.lines.first { $0.label == "ingest 'rows'" })
    #expect(ingest.rows == 3 && ingest.bytes == Self.files["rows.csv"]!.utf8.count)
    // Cells of `id` are parsed for the rows that the filter let pass.
    #expect(profile.lines.first { $0.label == "id (int)" }?.rows == 2)
    let sum = profile.lines.filter { $0.depth == 0 }.reduce(0) { $0 + $1.processorUs }
    #expect(abs(sum - profile.processorUs) <= profile.lines.count)
    #expect(profile.functions.map(\.name) == ["rules.backwards", "rules.share"])
    #expect(profile.functions.map(\.path) == ["interpreted", "columnar"])
    #expect(profile.functions.allSatisfy { $0.compileUs > 0 && $0.rows == 2 && $0.rowsSentBack == 0 })
    #expect(try decoder.decode(Manifest.self, from: result.manifest).profile != nil)
  }

  @Test func theTableIsAlignedAndOnStandardError() throws {
    let result = try run(["--profile"])
    let lines = result.err.split(separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(lines.firstIndex { $0.hasPrefix("profile ") })
    let end = try #require(lines.firstIndex { $0.hasPrefix("all ") })
    let column = lines[start].range(of: "processor ms")!.upperBound
    let offset = lines[start].distance(from: lines[start].startIndex, to: column)
    for line in lines[start + 1...end] {
      let place = line.index(line.startIndex, offsetBy: offset)
      #expect(line[line.index(before: place)].isNumber && line[line.index(place, offsetBy: -2)] == ".")
    }
    #expect(result.out.isEmpty && result.err.contains("rules.share (line "))
  }

  @Test func withoutTheOptionNothingIsMeasured() throws {
    let result = try run([])
    #expect(!result.err.contains("processor ms"))
    #expect(try JSONDecoder().decode(Manifest.self, from: result.manifest).profile == nil)
  }
}
