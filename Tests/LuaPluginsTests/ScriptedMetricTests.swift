import Columns
import Diagnostics
import Foundation
import Planning
import Testing

@testable import Aggregation
@testable import LuaPlugins

/// A metric whose merge depends on the order and whose state has floats: any other tree of merges gives other bytes.
private let source = """
  return metric {
    inputs = { amount = "decimal(12,2)", kind = "string" }, returns = "string",
    init = function(settings) return { kinds = "", total = decimal("0"), float = 0.0 } end,
    step = function(state, row)
      state.kinds = (state.kinds .. row.kind):sub(-30)
      state.total = state.total + row.amount
      state.float = state.float + #row.kind / 3
    end,
    merge = function(a, b)
      return { kinds = (a.kinds .. "|" .. b.kinds):sub(-30), total = a.total + b.total, float = a.float * 1.5 + b.float }
    end,
    finish = function(state)
      return state.kinds .. " " .. tostring(state.total) .. string.format(" %.17g", state.float)
    end,
  }
  """

struct ScriptedMetricTests {
  private let reduction: any Reduction

  init() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "weir-scripted-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder.appending(path: "metrics"), withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try "name: p\nversion: 0.1.0\n".write(
      to: folder.appending(path: "plugin.yaml"), atomically: true, encoding: .utf8)
    try source.write(to: folder.appending(path: "metrics/m.lua"), atomically: true, encoding: .utf8)
    var bag = DiagnosticBag()
    let file = SourceFile(path: "", text: "")
    let catalogue = PluginLoader.load(folder: folder.path, at: file.span(0..<0), &bag)
    #expect(bag.diagnostics.isEmpty)
    guard case .scripted(let script)? = catalogue.metrics["p.m"]?.form else { throw InvalidInput(bag.diagnostics) }
    reduction = script.reduction(over: [
      ValueType(.decimal(precision: 12, scale: 2)), ValueType(.string),
    ])
  }

  private struct Rows {
    var split: Int
    var batch: Int
    var amounts: [Int64]
    var kinds: [String]
    var groups: [UInt32]

    var columns: [Column] {
      [
        Column(.decimals64(amounts, scale: 2)), Column(kinds.map { .string($0) }, of: .string),
        .constant(.missing, count: groups.count, of: .int),
      ]
    }
    var positions: RowPositions { RowPositions(Batch.Position(split: split, batch: batch)) }
  }

  private func sample() -> [Rows] {
    var random = SystemRandomNumberGenerator()
    return (0..<5).flatMap { split in
      (0..<3).map { batch in
        let count = Int.random(in: 1...40, using: &random)
        return Rows(
          split: split == 4 ? Batch.Position.firstTable : split, batch: batch,
          amounts: (0..<count).map { _ in Int64.random(in: -9999...9999, using: &random) },
          kinds: (0..<count).map { _ in ["a", "bb", "ccc"].randomElement(using: &random)! },
          groups: (0..<count).map { _ in UInt32.random(in: 0..<6, using: &random) })
      }
    }
  }

  private func partial(_ rows: [Rows], areLaidByPartition: Bool = false) -> any ReductionPartial {
    let partial = reduction.makePartial()
    partial.grow(to: 7)
    for batch in rows {
      let keys = batch.positions.keys(batch.groups.count)
      partial.add(
        batch.columns, groups: batch.groups, positions: areLaidByPartition ? .listed(keys) : batch.positions)
    }
    return partial
  }

  private func results(_ partial: any ReductionPartial) throws -> [Scalar] {
    let column = try partial.finish(groupCount: 7)
    return (0..<7).map { column.scalar($0) }
  }

  /// The states that are merged, and their order, follow from the rows alone.
  @Test func givesTheSameBytesHoweverItsRowsAreShared() throws {
    let rows = sample()
    let whole = try results(partial(rows))
    let all = (0..<UInt32(7)).map { $0 }
    #expect(try results(partial(rows, areLaidByPartition: true)) == whole)
    let shared = partial(rows.filter { $0.split % 2 == 1 })
    shared.merge(partial(rows.filter { $0.split % 2 == 0 }), mapping: all)
    #expect(try results(shared) == whole)
    let shipped = partial([])
    for split in [2, 0, 3, Batch.Position.firstTable, 1] {
      let bytes = PartialState.encode(partial(rows.filter { $0.split == split }), groupCount: 7)
      shipped.merge(try PartialState.decode(bytes, for: reduction).partial, mapping: all)
    }
    #expect(try results(shipped) == whole)
  }

  /// Where only the floats of the rows decide, one state for all rows would give others than a state a split does.
  @Test func mergesAStateForEachSplit() throws {
    func rows(_ split: Int) -> Rows { Rows(split: split, batch: 0, amounts: [1], kinds: ["a"], groups: [0]) }
    #expect(try partial([rows(0), rows(1)]).finish(groupCount: 1).scalar(0) == .string("a|a 0.02 0.83333333333333326"))
    let twice = Rows(split: 0, batch: 0, amounts: [1, 1], kinds: ["a", "a"], groups: [0, 0])
    #expect(try partial([twice]).finish(groupCount: 1).scalar(0) == .string("aa 0.02 0.66666666666666663"))
  }
}
