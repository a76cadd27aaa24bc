import Columns
import Diagnostics
import Memory

/// The rows of a table too large for the memory, cut by the hash of their keys: rows with equal keys share a partition.
///
/// Behind the columns of the rows stand two more, their places: 0, and the row's number in the table.
public struct PartitionedRows: Sendable {
  /// One table a partition, its rows in their order.
  public let partitions: [Table]
  private let budget: MemoryBudget

  /// Partitions of a table such that one, and what is made of it, fits the memory.
  public static func count(for bytes: Int, _ budget: MemoryBudget) -> Int {
    var count = 1
    while count < 1 << 10, bytes / count > budget.limit / 4 { count *= 2 }
    return count
  }

  /// A table cut up, where it does not fit the memory, and there are keys to cut it by.
  public static func ofLarge(
    _ table: Table, by keys: [Int], types: [DataType], _ budget: MemoryBudget?
  ) throws(RunFailure) -> PartitionedRows? {
    // Beside the rows stand their order and what is made of them.
    guard let budget, !keys.isEmpty, table.loadedByteCount > budget.limit / 3 else { return nil }
    let count = count(for: table.loadedByteCount, budget)
    return try PartitionedRows(table, by: keys, types: types, count: count, budget: budget)
  }

  /// What is made of each partition, back in the order of the rows. The body gets rows with their places behind them and gives them so.
  public func mapped(schema: Schema, _ body: (Batch) throws -> Batch) throws -> Table {
    let result = OrderedResult(budget: budget)
    for partition in partitions where partition.rowCount > 0 {
      try result.append(try body(try partition.concatenated()))
      result.endRun()
    }
    return result.table(schema: schema, threads: 1)
  }

  /// - Parameters:
  ///   - types: of the keys; decimals of another scale are taken by value.
  ///   - count: a power of two.
  public init(_ table: Table, by keys: [Int], types: [DataType], count: Int, budget: MemoryBudget) throws(RunFailure) {
    self.budget = budget
    let file = try budget.spillFile()
    let kept = (0..<count).map { _ in KeptRows(budget: nil) }
    var row = 0
    var loose = 0
    for (number, part) in table.parts.enumerated() {
      let batch = try part.batch.placed(from: row)
      row += batch.count
      let hashes = PartitionHash.hashes(keys.map { batch.columns[$0] }, types: types, count: batch.count)
      var rows = [[Int32]](repeating: [], count: count)
      for index in 0..<batch.count {
        rows[Int(hashes[index] >> 32) & (count - 1)].append(Int32(truncatingIfNeeded: index))
      }
      for partition in rows.indices where !rows[partition].isEmpty {
        var share = batch.gathered(rows[partition])
        share.position = Batch.Position(split: 0, batch: number)
        kept[partition].append(share)
      }
      loose += batch.byteCount
      if loose > budget.limit / 8 {
        for partition in kept { try partition.spill(to: file) }
        loose = 0
      }
    }
    partitions = kept.map { KeptRows.table([$0], schema: table.schema) }
  }
}

/// Rows made out of partitions, written down and brought back into the order of their places.
public final class OrderedResult {
  private let budget: MemoryBudget
  private var runs: [SortedRun] = []
  private var segments: [StoredBatch] = []
  private var firsts: [[Column]] = []
  private var rowCount = 0

  private static let segmentRows = 4096

  public init(budget: MemoryBudget) { self.budget = budget }

  /// Takes in rows with their places behind them, which stand behind those that came since the last `endRun`. Equal places stay in the order in which they came,
  /// in one run.
  public func append(_ rows: Batch) throws(RunFailure) {
    let file = try budget.spillFile()
    for start in stride(from: 0, to: rows.count, by: Self.segmentRows) {
      let end = min(start + Self.segmentRows, rows.count)
      let segment = rows.gathered((Int32(start)..<Int32(end)).map { $0 })
      segments.append(try StoredBatch(segment, in: file))
      firsts.append(segment.places.map { place in place.gathered([0]) })
    }
    rowCount += rows.count
  }

  /// What comes next may stand before what came.
  public func endRun() {
    if !segments.isEmpty {
      let places = (0..<2).map { place in Column.concatenated(firsts.map { $0[place] }) }
      runs.append(SortedRun(segments: segments, firsts: places, rowCount: rowCount))
    }
    (segments, firsts, rowCount) = ([], [], 0)
  }

  /// All rows in order, without their places.
  public func table(schema: Schema, threads: Int) -> Table {
    endRun()
    if runs.isEmpty { return Table(schema: schema, batches: []) }
    let merged = MergedRuns(runs, by: [])
    return merged.table(schema: schema, parts: merged.byteCount * 4 * max(threads, 1) / budget.limit + 1)
  }
}

extension Batch {
  /// The batch with two columns more: 0 and the number of each row.
  func placed(from first: Int) -> Batch {
    var result = self
    result.columns += [
      Column(.ints([Int64](repeating: 0, count: count))), Column(.ints((0..<count).map { Int64(first + $0) })),
    ]
    return result
  }

  /// The batch with the places of others behind its columns.
  public func placed(as places: [Column]) -> Batch {
    var result = self
    result.columns += places
    return result
  }

  /// The two columns behind the others, which say where rows stand.
  public var places: [Column] { Array(columns.suffix(2)) }
}

enum PartitionHash {
  /// A hash of each row's keys that depends on their values alone, not on how they are stored. What is missing is a value of its own.
  static func hashes(_ keys: [Column], types: [DataType], count: Int) -> [UInt64] {
    var hashes = [UInt64](repeating: 0x9E37_79B9_7F4A_7C15, count: count)
    for (key, type) in zip(keys, types) {
      func take(_ word: (Int) -> UInt64) {
        for row in 0..<count {
          let word = key.isPresent(row) ? word(row) : 0xff51_afd7_ed55_8ccd
          hashes[row] = Mixing.mix(hashes[row] &* 0x9E37_79B9_7F4A_7C15 ^ word)
        }
      }
      switch key.values {
      case .texts(let texts): take { row in UInt64(texts.withBytes(of: row) { TextInterner.hash($0) }) }
      case .decimals64(let values, let scale):
        take { decimal(Int128(values[$0]), scale, type.decimalScale ?? scale) }
      case .decimals128(let values, let scale): take { decimal(values[$0], scale, type.decimalScale ?? scale) }
      case .floats(let values): take { UInt64(bitPattern: WordCoder.word(of: values[$0])) }
      case .lists: take { row in UInt64(truncatingIfNeeded: key.scalar(row).text.utf8.count) }
      default:
        let words = OrderedWord.words(key)
        take { UInt64(bitPattern: words[$0]) }
      }
    }
    return hashes
  }

  private static func decimal(_ value: Int128, _ scale: Int, _ target: Int) -> UInt64 {
    // What does not fit the scale of the other side equals nothing there.
    let known = DecimalArithmetic.rescaleExactly(value, from: scale, to: target) ?? 0
    return UInt64(truncatingIfNeeded: known) ^ UInt64(truncatingIfNeeded: known >> 64) &* 0xc4ce_b9fe_1a85_ec53
  }
}
