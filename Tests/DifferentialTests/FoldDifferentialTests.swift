import Columns
import Diagnostics
import Foundation
import LuaPlugins
import Planning
import Testing

/// Random folds over hostile values: the machine and the interpreter emit the same rows and refuse the same ones with
/// the same words.
///
/// `WEIR_FUZZ_FOLDS` is how many folds are tried, `WEIR_FUZZ_SEED` the seed of the first; fold `n` has the seed of the
/// first plus `n`.
@Suite struct FoldDifferentialTests {
  private static let environment = ProcessInfo.processInfo.environment
  static let folds = environment["WEIR_FUZZ_FOLDS"].flatMap { Int($0) } ?? 120
  static let seed = environment["WEIR_FUZZ_SEED"].flatMap { UInt64($0) } ?? 1

  @Test func bothPathsGiveTheSameBytes() throws {
    let bench = try FoldBench()
    var findings: [String] = []
    for number in 0..<Self.folds {
      let seed = Self.seed &+ UInt64(number)
      if let finding = try bench.compare(seed: seed) { findings.append("seed \(seed): \(finding)") }
      if findings.count >= 5 { break }
    }
    print(bench.summary)
    for finding in findings { Issue.record("\(finding)") }
    // What the machine hands back is compared with itself: what nothing is wrong with must mostly be its own.
    #expect(bench.finished * 5 > bench.clean * 4 || Self.folds < 20)
  }
}

/// A plugin folder with one fold, written again for each.
final class FoldBench {
  private let folder: URL
  private(set) var ran = 0
  private(set) var refused: [String: Int] = [:]
  private(set) var keys = 0
  /// Keys of which the interpreter refused no row.
  private(set) var clean = 0
  /// Keys that the machine did not hand back.
  private(set) var finished = 0
  private(set) var rows = 0

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "weir-folds-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder.appending(path: "folds"), withIntermediateDirectories: true)
    let settings = "settings: { limit: { type: \"decimal(10,2)\", default: 12.50 } }\n"
    try Data("name: fuzz\nversion: 1.0.0\n\(settings)".utf8).write(to: folder.appending(path: "plugin.yaml"))
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  var summary: String {
    let refusals = refused.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(8)
    return "\(ran) folds ran, \(refused.values.reduce(0, +)) were refused; \(rows) rows of \(keys) keys compared, "
      + "\(clean) of them without a bad row, \(finished) the machine's own"
      + refusals.map { "\n  \($0.value) \($0.key)" }.joined()
  }

  /// A path, and its instance until something stops it.
  final class Bound {
    let fold: any BoundFold
    let costs: ScriptCosts
    private var instance: (any FoldInstance)?

    init(fold: any BoundFold, costs: ScriptCosts) {
      self.fold = fold
      self.costs = costs
    }

    /// Everything that the path gives, written out.
    func outcome(_ arguments: [Column], _ keyOfRow: [UInt32]) throws -> String {
      let running = try instance ?? fold.makeInstance(WorkerContext())
      instance = nil
      do {
        let folded = try running.fold(arguments, keyOfRow: keyOfRow)
        instance = running
        return FoldBench.written(folded)
      } catch let failure as RunFailure {
        return "stopped at \(failure.row ?? -1): \(failure.diagnostic.message) (\(failure.diagnostic.span?.line ?? 0))"
      }
    }
  }

  func bind(_ path: LuaPath) throws -> (bound: Bound?, refusals: [String]) {
    var bag = DiagnosticBag()
    let catalogue = PluginLoader.load(
      folder: folder.path, at: SourceFile(path: "test", text: "").span(0..<0), lua: path, &bag)
    guard !bag.hasErrors, let fold = catalogue.folds["fuzz.rule"] else {
      return (nil, bag.diagnostics.map(\.message))
    }
    catalogue.costs.measure()
    do throws(InvalidInput) {
      return (Bound(fold: try fold.script.bind(FoldGenerator.inputs.map(\.type)), costs: catalogue.costs), [])
    } catch {
      return (nil, error.diagnostics.map { "\($0.message) [\($0.code.rawValue)]" })
    }
  }

  /// What differs, if anything does.
  func compare(seed: UInt64) throws -> String? {
    var generator = FoldGenerator(seed: seed)
    let file = generator.fold()
    return try compare(file, seed: seed)
  }

  func compare(_ file: String, seed: UInt64) throws -> String? {
    try Data(file.utf8).write(to: folder.appending(path: "folds/rule.lua"))
    let (fast, refusals) = try bind(.columnar)
    let (slow, others) = try bind(.interpreter)
    guard let fast else {
      refused[refusals.first ?? "", default: 0] += 1
      return nil
    }
    guard let slow else { return "compiled, and refused by the interpreter: \(others)\n\(file)" }
    ran += 1
    let (columns, keyOfRow) = Self.data(seed: seed)
    // The whole batch, and each key alone: what stops the run hides what comes after it.
    var ranges = [0..<keyOfRow.count]
    var start = 0
    for row in 1...keyOfRow.count where row == keyOfRow.count || keyOfRow[row] != keyOfRow[row - 1] {
      ranges.append(start..<row)
      start = row
    }
    for range in ranges {
      let places = range.map { Int32($0) }
      let arguments = columns.map { $0.gathered(places) }
      let given = Array(keyOfRow[range])
      let before = fast.costs.all.first?.cost.returned ?? 0
      let a = try fast.outcome(arguments, given)
      let b = try slow.outcome(arguments, given)
      if a != b {
        let values = range.count > 40 ? "the whole batch" : Self.described(arguments, count: range.count)
        return "\(values)\ncolumnar:\n\(a)\ninterpreter:\n\(b)\n\(file)"
      }
      guard range.count < keyOfRow.count else { continue }
      keys += 1
      rows += range.count
      if !b.contains("row ") && !b.hasPrefix("stopped") { clean += 1 }
      if fast.costs.all.first?.cost.returned ?? 0 == before { finished += 1 }
    }
    return nil
  }

  private static func described(_ columns: [Column], count: Int) -> String {
    (0..<count).map { row in
      zip(FoldGenerator.inputs, columns).map { "\($0.name) = \($1.scalar(row))" }.joined(separator: ", ")
    }.joined(separator: "\n")
  }

  /// Rows of some keys, one in three of them hostile.
  static func data(seed: UInt64) -> (columns: [Column], keyOfRow: [UInt32]) {
    var random = Random(seed: seed ^ 0xF01D)
    var keyOfRow: [UInt32] = []
    var hostile: [Bool] = []
    for key in 0..<12 {
      let count = random.once(in: 4) ? 1 : 1 + random.below(14)
      keyOfRow += repeatElement(UInt32(key), count: count)
      hostile += repeatElement(random.once(in: 3), count: count)
    }
    let columns = FoldGenerator.inputs.map { input in
      let values = keyOfRow.indices.map { row -> Scalar in
        if input.type.isNullable, random.once(in: 4) { return .missing }
        return input.value(input.type.data, isHostile: hostile[row] && random.once(in: 2), &random)
      }
      return Column(values, of: input.type.data)
    }
    return (columns, keyOfRow)
  }

  static func written(_ folded: FoldedRows) -> String {
    precondition(folded.columns.allSatisfy { $0.count == folded.sourceRows.count })
    let emitted = folded.sourceRows.indices.map { row in
      "of \(folded.sourceRows[row]): " + folded.columns.map { "\(Cell(scalar: $0.scalar(row)))" }.joined(separator: " ")
    }
    return (emitted + folded.problems.map { "row \($0.row) \($0.code): \($0.message)" }).joined(separator: "\n")
  }
}
