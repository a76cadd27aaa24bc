import Columns
import Diagnostics
import Memory

/// Sorted runs as one order.
///
/// The rows are cut into ranges of the order, at rows that begin segments. A range is made when somebody asks for it, from those segments of each run that
/// may have rows of it; so ranges are made by many threads at a time, and none needs more memory than itself.
final class MergedRuns: Sendable {
  private let runs: [SortedRun]
  private let keys: [SortKey]
  /// Keys and positions of all segments' first rows, run after run.
  private let firsts: [Column]
  /// For each run the ranks of its segments' first rows among all of them.
  private let ranks: [[Int]]
  /// The row of `firsts` at each rank.
  private let rowOfRank: [Int32]

  init(_ runs: [SortedRun], by keys: [SortKey]) {
    self.runs = runs
    self.keys = keys
    let width = runs[0].firsts.count
    firsts = (0..<width).map { column in Column.concatenated(runs.map { $0.firsts[column] }) }
    let count = runs.reduce(0) { $0 + $1.segments.count }
    let directions = keys.map(\.descending) + [false, false]
    let order = RowOrder(zip(firsts, directions).map { ($0, $1) }, count: count)
    rowOfRank = order.sorted()
    var rankOfRow = [Int](repeating: 0, count: count)
    for (rank, row) in rowOfRank.enumerated() { rankOfRow[Int(row)] = rank }
    var start = 0
    ranks = runs.map { run in
      defer { start += run.segments.count }
      return Array(rankOfRow[start..<start + run.segments.count])
    }
  }

  /// Bytes of all rows.
  var byteCount: Int { runs.reduce(0) { $0 + $1.byteCount } }

  /// All rows in order, in about so many parts of equal size that are made when they are asked for.
  func table(schema: Schema, parts wanted: Int) -> Table {
    // A range reads about a segment of each run more than it has rows of: a smaller one does not pay.
    let parts = max(1, min(wanted, rowOfRank.count / max(runs.count / 4, 1)))
    let borders = (0...parts).map { $0 == parts ? rowOfRank.count : rowOfRank.count * $0 / parts }
    return Table(
      schema: schema,
      parts: zip(borders, borders.dropFirst()).map {
        .waiting(Range(runs: self, ranks: $0..<$1, byteCount: byteCount / parts))
      },
      rowCount: runs.reduce(0) { $0 + $1.rowCount })
  }

  private struct Range: WaitingRows {
    let runs: MergedRuns
    let ranks: Swift.Range<Int>
    let byteCount: Int

    func load() throws(RunFailure) -> Batch { try runs.rows(ranks) }
  }

  /// The rows from the one of a rank up to that of another, which is left out.
  private func rows(_ wanted: Swift.Range<Int>) throws(RunFailure) -> Batch {
    var batches: [Batch] = []
    for (number, run) in runs.enumerated() {
      let ranks = ranks[number]
      for segment in ranks.indices where ranks[segment] < wanted.upperBound {
        let after = segment + 1 < ranks.count ? ranks[segment + 1] : Int.max
        if after > wanted.lowerBound { batches.append(try run.segments[segment].batch) }
      }
    }
    let rows = Batch(concatenating: batches)
    // The rows at the borders are ordered with the rest: what lies outside of them is another range's. The lower one stands before rows that are its
    // equals, the upper one behind them.
    let lower = wanted.lowerBound > 0 ? [rowOfRank[wanted.lowerBound]] : []
    let upper = wanted.upperBound < rowOfRank.count ? [rowOfRank[wanted.upperBound]] : []
    let columns = zip(rows.orderColumns(keys), firsts).map { own, first in
      (Column.concatenated([first.gathered(lower), own.column, first.gathered(upper)]), own.descending)
    }
    let count = lower.count + rows.count
    var order = RowOrder(columns, count: count + upper.count).sorted()
    if !upper.isEmpty { order.removeSubrange(order.firstIndex(of: Int32(count))!...) }
    if !lower.isEmpty { order.removeSubrange(...order.firstIndex(of: 0)!) }
    return rows.gathered(lower.isEmpty ? order : order.map { $0 - 1 }).withoutPlaces
  }
}
