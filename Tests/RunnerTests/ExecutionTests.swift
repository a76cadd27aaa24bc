import Diagnostics
import Foundation
import LuaPlugins
import PipelineFiles
import Planning
import Stages
import Testing

@testable import Runner

private func folder() throws -> URL {
  let folder = FileManager.default.temporaryDirectory.appending(path: "weir-runner-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  return folder
}

private func plan(_ text: String, in folder: URL) throws -> Plan {
  let file = SourceFile(path: "pipeline.yaml", text: text)
  let (spec, bag) = try PipelineReader.read(file, directory: folder.path)
  let context = PlanningContext(
    spec: spec, registry: .standard, plugins: PluginCatalogue(), parameters: ParameterValues())
  return try Planner.plan(context, earlier: bag)
}

private func run(_ plan: Plan, into out: URL, workers: Int) throws -> RunOutcome {
  try Run(plan, options: RunOptions(workers: workers, outputDirectory: out.path), weirVersion: "test").run()
}

private let pipeline = """
  weir: 1
  ingest:
    a: { type: csv, path: a.csv, columns: { id: int, k: string, x: "decimal(12,3)" } }
  transform:
    big: { from: a, steps: [{ filter: x > 0 }, { derive: { y: x * 2 } }] }
    groups:
      from: big
      steps:
        - aggregate: { by: k, metrics: [{ total: sum(y) }, { n: count() }, { middle: median(x) }, { first: first(id) }, { mean: avg(x) }] }
    joined: { from: big, steps: [{ join: { with: groups, on: k } }, { filter: y > (mean or 0) }, { aggregate: { metrics: [{ above: count() }] } }] }
  export:
    groups: { from: groups, type: csv, path: groups.csv }
    joined: { from: joined, type: csv, path: joined.csv }
  """

/// Rows over several splits of 4 MiB: quoted line ends, CRLF and bad cells among them.
private func manyRows() -> String {
  var text = "id,k,x\r\n"
  var state: UInt64 = 7
  for id in 0..<260_000 {
    state = state &* 6_364_136_223_846_793_005 &+ 1
    let x = Int64(state >> 33) % 2_000_000 - 400_000
    let key = id % 97 == 0 ? "\"k\r\n\"\"\(id % 7)\"\"\"" : "key-\(state >> 60)"
    let cell = id % 10_007 == 0 ? "x\(x)" : "\(x / 1000).\(String(format: "%03d", abs(x % 1000)))"
    text += "\(id),\(key),\(cell),\(id % 50_021 == 0 ? "more" : "")".replacing(/,$/, with: "") + "\r\n"
  }
  return text
}

@Suite struct ExecutionTests {
  @Test func outputsAreTheSameForAnyNumberOfWorkersAndTheLedgerAddsUp() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try manyRows().write(to: folder.appending(path: "a.csv"), atomically: true, encoding: .utf8)
    let plan = try plan(pipeline, in: folder)
    var outputs: [[String]] = []
    for workers in [1, 2, 8] {
      let out = folder.appending(path: "out\(workers)")
      let outcome = try run(plan, into: out, workers: workers)
      #expect(outcome.verdict == .done)
      #expect(outcome.ledger.lines.allSatisfy { $0.counts.balances })
      #expect(outcome.ledger.lines[0].counts.rowsIn == 260_000)
      // 26 bad numbers and 6 rows with a cell too many; row 0 is both.
      #expect(outcome.ledger.quarantined == 31)
      outputs.append(
        try ["groups.csv", "joined.csv", "quarantine/a.csv", "quarantine/big.csv", "run.json"].map {
          try String(contentsOf: out.appending(path: $0), encoding: .utf8)
        })
    }
    #expect(outputs[0] == outputs[1])
    #expect(outputs[0] == outputs[2])
  }

  @Test func aFailedRunLeavesNothingBehind() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try "id,k,x\n1,a,1.0\n2,b,zwei\n".write(to: folder.appending(path: "a.csv"), atomically: true, encoding: .utf8)
    let failing = pipeline.replacingOccurrences(
      of: "type: csv, path: a.csv,", with: "type: csv, path: a.csv, on_error: fail,")
    let plan = try plan(failing, in: folder)
    let out = folder.appending(path: "out")
    let failure = #expect(throws: RunFailure.self) { try run(plan, into: out, workers: 2) }
    #expect(failure?.diagnostic.message.contains("a.csv:3:") == true)
    #expect(try FileManager.default.subpathsOfDirectory(atPath: out.path) == [])
  }

  @Test func aSecondRunIntoOneFolderIsRefused() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let first = try Publisher(directory: folder.path, stop: .init())
    let failure = #expect(throws: RunFailure.self) { try Publisher(directory: folder.path, stop: .init()) }
    #expect(failure?.diagnostic.code == .outputInUse)
    withExtendedLifetime(first) {}
  }
}
