import Columns

/// Cuts rows into partitions by the hash of their keys, so that all rows of a group are in one.
struct KeyPartitions: Sendable {
  private let bits: UInt64
  var count: Int { 1 << Int(bits) }

  init(bits: Int) { self.bits = UInt64(bits) }

  /// Rows by partition, in their order within each.
  struct Order {
    private let rows: [Int32]
    private let ends: [Int]

    fileprivate init(rows: [Int32], ends: [Int]) {
      self.rows = rows
      self.ends = ends
    }

    func rows(of partition: Int) -> ArraySlice<Int32> {
      rows[(partition == 0 ? 0 : ends[partition - 1])..<ends[partition]]
    }
  }

  /// - Parameter keys: texts are coded (`precondition`).
  func order(_ keys: [Column], count: Int) -> Order {
    let hashes = KeyHash.hashes(keys, count: count)
    let shift = 64 - bits
    var next = [Int](repeating: 0, count: self.count)
    for hash in hashes { next[Int(truncatingIfNeeded: hash >> shift)] += 1 }
    var total = 0
    for partition in next.indices {
      let size = next[partition]
      next[partition] = total
      total += size
    }
    var rows = [Int32](repeating: 0, count: count)
    for row in hashes.indices {
      let partition = Int(truncatingIfNeeded: hashes[row] >> shift)
      rows[next[partition]] = Int32(truncatingIfNeeded: row)
      next[partition] += 1
    }
    // Each has now reached the end of its partition.
    return Order(rows: rows, ends: next)
  }
}
