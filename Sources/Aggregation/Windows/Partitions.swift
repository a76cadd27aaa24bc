import Columns
import Memory

/// The rows of a table cut into partitions by their keys, each in the order of the sort keys.
public struct Partitions: Sendable {
  /// Row numbers, partition after partition; partition `n` is `rows[ends[n - 1]..<ends[n]]`, the first from 0.
  public let rows: [Int32]
  public let ends: [Int]
  /// Whether the row at a place of `rows` differs in the sort keys from the one before it, or begins its partition.
  public let beginsPeers: [Bool]

  /// - Parameters:
  ///   - keys: columns of `batch`; none makes one partition of all rows.
  ///   - order: equal rows keep their order.
  public init(of batch: Batch, by keys: [Int], types: [DataType], order: [SortKey]) {
    precondition(keys.count == types.count)
    let table = GroupTable(keyTypes: types)
    let groups = table.assign(keys.map { batch.columns[$0] }, count: batch.count, position: batch.position)
    let rowOrder = RowOrder(order.map { (batch.columns[$0.column], $0.descending) }, count: batch.count)
    if let packed = rowOrder.packed(behind: groups, groupCount: table.groupCount) {
      var ends = [Int](repeating: 0, count: table.groupCount)
      for group in groups { ends[Int(group)] += 1 }
      for group in ends.indices.dropFirst() { ends[group] += ends[group - 1] }
      let sorted = RadixOrder(packed.words, bits: packed.bits)
      rows = sorted.places
      self.ends = ends
      beginsPeers = sorted.beginsAnew
      return
    }
    let sorted = order.isEmpty ? (0..<Int32(batch.count)).map { $0 } : rowOrder.sorted()

    // The rows in order, dealt out to their partitions, stay in order.
    var ends = [Int](repeating: 0, count: table.groupCount)
    for group in groups { ends[Int(group)] += 1 }
    var next = [Int](repeating: 0, count: table.groupCount)
    var total = 0
    for group in ends.indices {
      next[group] = total
      total += ends[group]
      ends[group] = total
    }
    var rows = [Int32](repeating: 0, count: batch.count)
    for row in sorted {
      let group = Int(groups[Int(row)])
      rows[next[group]] = row
      next[group] += 1
    }
    var begins = [Bool](repeating: true, count: batch.count)
    var start = 0
    for end in ends {
      for place in start + 1..<max(end, start + 1) { begins[place] = !rowOrder.ties(rows[place - 1], rows[place]) }
      start = end
    }
    self.rows = rows
    self.ends = ends
    beginsPeers = begins
  }

  public var rowCount: Int { rows.count }

  /// The places of `rows` that make up each partition.
  var ranges: [Range<Int>] {
    var start = 0
    return ends.map { end in
      defer { start = end }
      return start..<end
    }
  }
}
