import Columns
import Foundation
import Memory
import Testing

@testable import Aggregation

/// Rows of random types, each worker's batches in the order in which it might draw them.
private struct Rows {
  var schema: Schema
  var batches: [Batch]

  init(_ random: inout SeededGenerator) {
    let types = (0..<3).map { _ in SampleType.all.randomElement(using: &random)! } + [.int, .string]
    schema = Schema(types.indices.map { Field("c\($0)", ValueType(types[$0], isNullable: true)) })
    let dictionary = TextDictionary()
    batches = (0..<12).map { number in
      let count = Int.random(in: 0...90, using: &random)
      var columns = types.map { SampleType.column($0, count, using: &random) }
      if number % 3 == 0 { columns = columns.map { $0.coded() } }
      if number % 3 == 1, case .texts(let texts) = columns[4].values {
        let codes = (0..<count).map { dictionary.code(for: texts.string($0)) }
        columns[4] = Column(.texts(.coded(codes, dictionary)), present: columns[4].present)
      }
      return Batch(
        columns: columns, count: count, position: Batch.Position(split: number / 4, batch: number % 4),
        origins: RowOrigins((0..<count).map { RowOrigin(file: number, byte: $0) }))
    }
  }

  /// What several workers keep: a split is one worker's alone, and its batches come in order.
  func kept(_ workers: Int, _ budget: MemoryBudget?, keys: [SortKey]?) throws -> [KeptRows] {
    let kept = (0..<workers).map { _ in KeptRows(budget: budget, keys: keys) }
    for batch in batches {
      let worker = kept[Int(batch.position.split) * 7 % workers]
      worker.append(batch)
      try worker.settle()
    }
    return kept
  }
}

private func cells(_ table: Table) throws -> [[Scalar]] {
  try table.batches.flatMap { batch in
    (0..<batch.count).map { row in
      batch.columns.map { $0.scalar(row) } + [.int(Int64(bitPattern: batch.origins![row].word))]
    }
  }
}

@Suite struct KeptRowsTests {
  private static let folder = FileManager.default.temporaryDirectory.appending(path: "weir-kept-rows").path

  @Test(arguments: 0..<40)
  func whatWaitedInAFileComesBackAsItWas(seed: Int) throws {
    var random = SeededGenerator(UInt64(seed))
    let rows = Rows(&random)
    let budget = MemoryBudget(bytes: 1, directory: Self.folder)
    let whole = Table(schema: rows.schema, batches: rows.batches.filter { $0.count > 0 })
    for workers in [1, 2, 3] {
      let table = KeptRows.table(try rows.kept(workers, budget, keys: nil), schema: rows.schema)
      #expect(table.rowCount == whole.rowCount && table.byteCount == 0)
      #expect(try cells(table) == cells(whole))
    }
    #expect(budget.spilledBytes > 0)
  }

  @Test(arguments: 0..<40)
  func rowsAreSortedAlikeInMemoryAndOutOfFiles(seed: Int) throws {
    var random = SeededGenerator(UInt64(seed))
    let rows = Rows(&random)
    let orderable = rows.schema.fields.indices.filter {
      if case .list = rows.schema[$0].type.data { false } else { true }
    }
    let keys = orderable.shuffled(using: &random).prefix(1 + seed % 3).map {
      SortKey(column: $0, descending: Bool.random(using: &random))
    }
    let whole = Table(schema: rows.schema, batches: rows.batches.filter { $0.count > 0 })
    let expected = try cells(sorted(whole, by: keys))
    for workers in [1, 2, 3] {
      for bytes in [1, 9_000, 1 << 30] {
        let budget = MemoryBudget(bytes: bytes, directory: Self.folder)
        let kept = try rows.kept(workers, budget, keys: keys)
        let table = try KeptRows.sorted(kept, schema: rows.schema, threads: workers)
        #expect(table.rowCount == whole.rowCount)
        #expect(try cells(table) == expected)
        #expect((budget.spilledBytes > 0) == (bytes < 1 << 20))
      }
    }
  }

  /// Runs of many segments, so that the ranges of the order begin and end within them.
  @Test(arguments: [1, 3, 1_000_000])
  func longRunsMeetWithoutLossOrRepetition(distinct: Int64) throws {
    var random = SeededGenerator(11)
    let count = 6_000
    let batches = (0..<20).map { number in
      Batch(
        columns: [
          Column(.ints((0..<count).map { _ in Int64.random(in: 0..<distinct, using: &random) })),
          Column(.ints((0..<count).map { Int64(number * count + $0) })),
        ], count: count, position: Batch.Position(split: number, batch: 0))
    }
    let keys = [SortKey(column: 0, descending: true)]
    let schema = Schema([Field("k", ValueType(.int)), Field("n", ValueType(.int))])
    let expected = batches.flatMap { batch in
      (0..<count).map { (batch.columns[0].scalar($0), batch.columns[1].scalar($0)) }
    }
    .map { pair -> (Int64, Int64) in
      guard case (.int(let key), .int(let number)) = pair else { return (0, 0) }
      return (-key, number)
    }.sorted { $0 < $1 }.map(\.1)
    for bytes in [1 << 20, 1 << 30] {
      let budget = MemoryBudget(bytes: bytes, directory: Self.folder)
      let workers = (0..<2).map { _ in KeptRows(budget: budget, keys: keys) }
      for batch in batches {
        let worker = workers[Int(batch.position.split) % 2]
        worker.append(batch)
        try worker.settle()
      }
      let table = try KeptRows.sorted(workers, schema: schema, threads: 2)
      #expect(table.parts.count > 1)
      let numbers = try table.batches.flatMap { batch -> [Int64] in
        if case .ints(let values) = batch.columns[1].values { values } else { [] }
      }
      #expect(numbers == expected)
    }
  }

  @Test func memoryIsGivenBackWithTheLastTable() throws {
    var random = SeededGenerator(3)
    let rows = Rows(&random)
    let budget = MemoryBudget(bytes: 20_000, directory: Self.folder)
    var table: Table? = KeptRows.table(try rows.kept(1, budget, keys: nil), schema: rows.schema)
    #expect(table!.rowCount > 0)
    table = nil
    budget.take(10_001)
    #expect(budget.isExceeded)
    budget.take(-2)
    #expect(!budget.isExceeded)
  }
}
