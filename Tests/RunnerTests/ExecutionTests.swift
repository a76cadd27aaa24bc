import Diagnostics
import Foundation
import LuaPlugins
import PipelineFiles
import Planning
import Stages
import Testing

@testable import Runner

func folder() throws -> URL {
  let folder = FileManager.default.temporaryDirectory.appending(path: "weir-runner-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  return folder
}

func plan(_ text: String, in folder: URL) throws -> Plan {
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

private let manyGroups = """
  weir: 1
  ingest:
    a: { type: csv, path: a.csv, columns: { id: int, k: string, x: "decimal(12,3)" } }
  transform:
    keyed: { from: a, steps: [{ filter: x > 0 }, { derive: { block: "round(x, 0)" } }] }
    groups:
      from: keyed
      steps:
        - aggregate: { by: [x, block], metrics: [{ first: first(id) }, { total: sum(x) }, { n: count() }, { middle: median(id) }, { kinds: count_distinct(k) }, { last: last(k) }] }
    best:
      from: keyed
      steps:
        - aggregate: { by: [block, k], metrics: [{ total: sum(x) }, { low: min(id) }] }
        - top: { rows: 30, skip: 5, order: [-total] }
  export:
    groups: { from: groups, type: csv, path: groups.csv }
    best: { from: best, type: csv, path: best.csv }
  """

/// Rows of mostly different keys, over two splits; six cannot be read.
func wideRows() -> String {
  let filler = String(repeating: ".", count: 90)
  var text = "id,k,x,filler\n"
  var state: UInt64 = 7
  for id in 0..<60_000 {
    state = state &* 6_364_136_223_846_793_005 &+ 1
    text += "\(id),key-\(state >> 60),\(id % 10_007 == 0 ? "x" : "")\((state >> 33) % 1_000_000),\(filler)\n"
  }
  return text
}

private let shared = """
  weir: 1
  ingest:
    a: { type: csv, path: a.csv, columns: { id: int, k: string, x: "decimal(12,3)" } }
    side: { type: csv, path: side.csv, columns: { key: string, kind: int } }
  transform:
    big: { from: a, steps: [{ filter: x > 0 }, { join: { with: side, on: { k: key }, kind: left } }] }
    groups: { from: big, steps: [{ aggregate: { by: [x, kind], metrics: [{ first: first(id) }, { total: sum(x) }] } }] }
    totals: { from: big, steps: [{ aggregate: { by: kind, metrics: [{ middle: median(x) }, { kinds: count_distinct(k) }] } }] }
  checks:
    - { from: big, not_null: [id], unique: [id] }
    - { from: big, reconcile: sum(x), with: groups, equals: sum(total) }
  export:
    groups: { from: groups, type: csv, path: groups.csv }
    totals: { from: totals, type: csv, path: totals.csv }
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

  /// Groups past what one table takes: laid by partition, spilled, in the order of their first rows.
  @Test func manyGroupsAreTheSameForAnyNumberOfWorkersAndAnyMemory() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try wideRows().write(to: folder.appending(path: "a.csv"), atomically: true, encoding: .utf8)
    let plan = try plan(manyGroups, in: folder)
    var outputs: [[String]] = []
    for (workers, memory) in [(1, nil), (2, nil), (8, 1 << 20), (1, 1 << 20)] as [(Int, Int?)] {
      let out = folder.appending(path: "out\(outputs.count)")
      let options = RunOptions(workers: workers, outputDirectory: out.path, memory: memory)
      let outcome = try Run(plan, options: options, weirVersion: "test").run()
      #expect(outcome.verdict == .done)
      #expect(outcome.ledger.lines.allSatisfy { $0.counts.balances })
      #expect(try FileManager.default.subpathsOfDirectory(atPath: out.path).allSatisfy { !$0.contains("spill") })
      outputs.append(
        try ["groups.csv", "best.csv", "run.json"].map {
          try String(contentsOf: out.appending(path: $0), encoding: .utf8)
        })
    }
    for output in outputs.dropFirst() { #expect(output == outputs[0]) }
    let groups = outputs[0][0].split(separator: "\n")
    #expect(groups.count > 40_000)
    // In the order of the rows, so that each group's first id is greater than the one before.
    let firsts = groups.dropFirst().map { Int($0.split(separator: ",")[2])! }
    #expect(zip(firsts, firsts.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test func mergedSharesPublishTheBytesOfOneRun() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try wideRows().write(to: folder.appending(path: "a.csv"), atomically: true, encoding: .utf8)
    try (["key,kind"] + (0..<16).map { "key-\($0),\($0 % 3)" }).joined(separator: "\n").appending("\n")
      .write(to: folder.appending(path: "side.csv"), atomically: true, encoding: .utf8)
    let plan = try plan(shared, in: folder)
    let outcome = try run(plan, into: folder.appending(path: "whole"), workers: 2)
    #expect(outcome.verdict == .done && outcome.ledger.quarantined == 6)
    let files = ["groups.csv", "totals.csv", "quarantine/big.csv", "run.json"]
    let whole = try files.map { try String(contentsOf: folder.appending(path: "whole/\($0)"), encoding: .utf8) }
    for count in [2] {
      let options = RunOptions(workers: 2, outputDirectory: folder.appending(path: "merged\(count)").path)
      let states = try (1...count).map { number in
        try Run(plan, options: options, weirVersion: "test").share(Share.Place("\(number)/\(count)")!).encode()
      }
      let shares = try states.shuffled().map { try Share(decoding: $0) }
      let names = shares.map { "share \($0.place.number)" }
      #expect(try Run(plan, options: options, weirVersion: "test").merge(shares, names: names).verdict == .done)
      let merged = try files.map {
        try String(contentsOf: folder.appending(path: "merged\(count)/\($0)"), encoding: .utf8)
      }
      #expect(merged == whole)
    }
    try refusesWrongShares(plan, folder)
  }

  private func refusesWrongShares(_ plan: Plan, _ folder: URL) throws {
    let options = RunOptions(workers: 1, outputDirectory: folder.appending(path: "refused").path)
    let first = try Run(plan, options: options, weirVersion: "test").share(Share.Place("1/2")!)
    let old = try Run(plan, options: options, weirVersion: "older").share(Share.Place("2/2")!)
    for (shares, words) in [
      ([first], "missing: share 2/2"), ([first, first], "share 1/2 is there twice"), ([first, old], "weir older"),
    ] {
      let failure = #expect(throws: RunFailure.self) {
        try Run(plan, options: options, weirVersion: "test").merge(shares, names: shares.indices.map { "s\($0)" })
      }
      #expect(failure?.diagnostic.message.contains(words) == true)
    }
    var bytes = first.encode()
    bytes[bytes.count / 2] ^= 1
    #expect(throws: RunFailure.self) { try Share(decoding: bytes) }
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
