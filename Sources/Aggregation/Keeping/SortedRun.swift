import Columns
import Diagnostics
import Memory

/// Rows in the order of some keys, cut into segments that are in memory or written down.
struct SortedRun: Sendable {
  /// The segments in order; behind the columns of their rows stand two more, which say where each row stood before.
  let segments: [Table.Part]
  /// The keys and places of the first row of each segment.
  let firsts: [Column]
  let rowCount: Int
  let byteCount: Int

  /// A run of segments that are in order already.
  init(segments: [StoredBatch], firsts: [Column], rowCount: Int) {
    self.segments = segments.map { .waiting($0) }
    self.firsts = firsts
    self.rowCount = rowCount
    byteCount = segments.reduce(0) { $0 + $1.byteCount }
  }

  /// Rows of a segment. Where runs meet, a segment of each is looked at, so short runs have short segments.
  private static func segmentRows(_ count: Int) -> Int { min(max(count / 128, 512), 4096) }

  /// - Parameters:
  ///   - batches: in the order of their positions; at least one.
  ///   - file: where the rows are written; nil keeps them in memory.
  init(_ batches: [Batch], by keys: [SortKey], in file: SpillFile?) throws(RunFailure) {
    let joined = Batch(concatenating: batches)
    let rows = joined.placed(batches)
    let order = RowOrder(keys.map { (rows.columns[$0.column], $0.descending) }, count: rows.count).sorted()
    let step = Self.segmentRows(rows.count)
    var segments: [Table.Part] = []
    var firstRows: [Int32] = []
    for start in stride(from: 0, to: order.count, by: step) {
      firstRows.append(order[start])
      let segment = rows.gathered(Array(order[start..<min(start + step, order.count)]))
      if let file {
        segments.append(.waiting(try StoredBatch(segment, in: file)))
      } else {
        segments.append(.held(segment))
      }
    }
    self.segments = segments
    firsts = rows.orderColumns(keys).map { $0.column.gathered(firstRows).withoutLargeDictionary }
    rowCount = rows.count
    byteCount = joined.byteCount
  }
}

extension Batch {
  /// The batch with two columns more, which hold where each row stands among all.
  fileprivate func placed(_ batches: [Batch]) -> Batch {
    var splits: [Int64] = []
    var places: [Int64] = []
    splits.reserveCapacity(count)
    places.reserveCapacity(count)
    for batch in batches {
      let first = Int64(batch.position.batch) << 32
      for row in 0..<Int64(batch.count) {
        splits.append(Int64(batch.position.split))
        places.append(first | row)
      }
    }
    var result = self
    result.columns += [Column(.ints(splits)), Column(.ints(places))]
    return result
  }

  /// The batch without the columns that `placed` added.
  public var withoutPlaces: Batch {
    var result = self
    result.columns.removeLast(2)
    return result
  }

  /// What rows with places are ordered by: the keys, then the places.
  func orderColumns(_ keys: [SortKey]) -> [(column: Column, descending: Bool)] {
    keys.map { (columns[$0.column], $0.descending) } + columns.suffix(2).map { ($0, false) }
  }
}
