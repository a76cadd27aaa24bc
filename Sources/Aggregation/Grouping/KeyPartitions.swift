import Columns

/// Cuts rows into partitions by the hash of their keys, so that all rows of a group are in one.
struct KeyPartitions: Sendable {
  private let bits: UInt64
  /// Bits of the hash that an earlier cut has used up.
  private let skipped: UInt64
  var count: Int { 1 << Int(bits) }

  init(bits: Int, skipping skipped: Int = 0) {
    self.bits = UInt64(bits)
    self.skipped = UInt64(skipped)
  }

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

  func order(_ keys: [Column], count: Int) -> Order {
    var hashes = KeyHash.hashes(keys, count: count)
    if skipped > 0 { for row in hashes.indices { hashes[row] <<= skipped } }
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
