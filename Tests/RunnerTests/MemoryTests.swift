import Foundation
import Planning
import Testing

@testable import Runner

private let wholeTables = """
  weir: 1
  ingest:
    a: { type: csv, path: a.csv, columns: { id: int, k: string, x: "decimal(12,3)" } }
  transform:
    kept: { from: a, steps: [{ filter: x > 0 }] }
    ordered: { from: kept, steps: [{ sort: [-x, k] }, { derive: { y: x * 2 } }] }
    again: { from: ordered, steps: [{ sort: [k, y] }] }
    dear: { from: kept, steps: [{ top: { rows: 20, skip: 5, order: [-x] } }] }
    few: { from: kept, steps: [{ filter: x < 500 }, { select: { key: k, few: id } }] }
    sides: { from: kept, steps: [{ join: { with: few, on: { id: few }, kind: full, expect: one_to_one } }, { sort: [k, id] }] }
    latest: { from: kept, steps: [{ dedupe: { by: [k], keep: last, order: [x] } }] }
    places: { from: kept, steps: [{ window: { by: [k], order: [x], derive: { place: row_number() } } }, { filter: place <= 3 }] }
  checks:
    - { from: kept, not_null: [id], unique: [id] }
  export:
    kept: { from: kept, type: csv, path: kept.csv }
    rows: { from: ordered, type: json, path: rows.json }
    again: { from: again, type: csv, path: again.csv }
    dear: { from: dear, type: csv, path: dear.csv }
    sides: { from: sides, type: csv, path: sides.csv }
    latest: { from: latest, type: csv, path: latest.csv }
    places: { from: places, type: csv, path: places.csv }
  """

/// Both sides of the joins are large, and the rows of the left one have cells that only later steps find bad.
private let largeSides = """
  weir: 1
  ingest:
    a: { type: csv, path: a.csv, columns: { id: int, k: string, x: "decimal(12,3)" } }
    b: { type: csv, path: b.csv, columns: { key: "decimal(12,1)", word: "string?", number: int } }
  transform:
    keyed: { from: a, steps: [{ derive: { half: 'div(decimal(id), 2, 1, "down")' } }] }
    inner: { from: keyed, steps: [{ join: { with: b, on: { half: key } } }, { filter: x > 100 }, { derive: { y: x * number } }] }
    left: { from: keyed, steps: [{ join: { with: b, on: { half: key }, kind: left } }, { filter: x > 100 }] }
    total: { from: left, steps: [{ aggregate: { by: [k, word], metrics: [{ n: count() }, { first: first(id) }, { last: last(number) }] } }] }
    semi: { from: keyed, steps: [{ join: { with: b, on: { half: key }, kind: semi } }, { select: [id] }] }
    anti: { from: keyed, steps: [{ join: { with: b, on: { half: key }, kind: anti } }, { select: [id, x] }] }
    full: { from: keyed, steps: [{ join: { with: b, on: { half: key }, kind: full } }] }
    right: { from: keyed, steps: [{ filter: 'k == "key-1"' }, { join: { with: b, on: { half: key }, kind: right } }] }
    told: { from: keyed, steps: [{ filter: id < 9000 }, { join: { with: b, on: { half: key }, unmatched: quarantine } }, { select: [id, word] }] }
  export:
    inner: { from: inner, type: csv, path: inner.csv }
    total: { from: total, type: csv, path: total.csv }
    semi: { from: semi, type: csv, path: semi.csv }
    anti: { from: anti, type: csv, path: anti.csv }
    full: { from: full, type: csv, path: full.csv }
    right: { from: right, type: csv, path: right.csv }
    told: { from: told, type: csv, path: told.csv }
  """

/// Keys that come twice, once or not at all among the halves of the ids.
private func largeSide() -> String {
  var text = "key,word,number\n"
  for number in 0..<20_000 {
    let key = (number * 7919) % 20_011
    text +=
      "\(key % 3 == 0 ? key / 2 : key).\(key % 2 * 5),\(number % 11 == 0 ? "" : "word \(number % 1_000)"),\(number)\n"
  }
  return text
}

@Suite struct MemoryTests {
  /// Runs with several numbers of workers and amounts of memory, and gives the first run's files when all are alike.
  private func alike(_ text: String, in folder: URL, files: [String]) throws -> [String] {
    let plan = try plan(text, in: folder)
    var outputs: [[String]] = []
    for (workers, memory) in [(1, nil), (2, nil), (8, 1 << 20), (1, 1 << 20)] as [(Int, Int?)] {
      let out = folder.appending(path: "out\(outputs.count)")
      let options = RunOptions(workers: workers, outputDirectory: out.path, memory: memory)
      let outcome = try Run(plan, options: options, weirVersion: "test").run()
      #expect(outcome.verdict == .done)
      #expect(outcome.ledger.lines.allSatisfy { $0.counts.balances })
      #expect(try FileManager.default.subpathsOfDirectory(atPath: out.path).allSatisfy { !$0.contains("spill") })
      outputs.append(try files.map { try String(contentsOf: out.appending(path: $0), encoding: .utf8) })
    }
    for (number, output) in outputs.enumerated().dropFirst() {
      for (index, file) in files.enumerated() {
        #expect(output[index] == outputs[0][index], "\(file) of run \(number)")
      }
    }
    return outputs[0]
  }

  /// Whole tables before sorts, joins, windows and exports, in memory and out of files.
  @Test func wholeTablesAreTheSameForAnyNumberOfWorkersAndAnyMemory() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try wideRows().write(to: folder.appending(path: "a.csv"), atomically: true, encoding: .utf8)
    let files = [
      "kept.csv", "rows.json", "again.csv", "dear.csv", "sides.csv", "latest.csv", "places.csv", "quarantine/kept.csv",
      "run.json",
    ]
    let outputs = try alike(wholeTables, in: folder, files: files)
    #expect(outputs[0].split(separator: "\n").count > 50_000)
  }

  /// Sides that do not fit are joined by partition; cells that later steps find bad are told of by the same steps.
  @Test func joinsWithLargeSidesAreTheSameForAnyNumberOfWorkersAndAnyMemory() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try wideRows().write(to: folder.appending(path: "a.csv"), atomically: true, encoding: .utf8)
    try largeSide().write(to: folder.appending(path: "b.csv"), atomically: true, encoding: .utf8)
    let files = [
      "inner.csv", "total.csv", "semi.csv", "anti.csv", "full.csv", "right.csv", "told.csv", "quarantine/inner.csv",
      "quarantine/told.csv", "run.json",
    ]
    let outputs = try alike(largeSides, in: folder, files: files)
    #expect(outputs[0].split(separator: "\n").count > 10_000)
    #expect(outputs[7].split(separator: "\n").count > 1)
  }
}
