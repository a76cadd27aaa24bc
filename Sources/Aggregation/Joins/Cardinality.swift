import Columns

/// How many rows of each side a key of a join may have.
public enum Cardinality: String, Sendable, CaseIterable {
  case oneToOne = "one_to_one"
  case oneToMany = "one_to_many"
  case manyToOne = "many_to_one"
  case manyToMany = "many_to_many"

  /// Whether a key may have only one row on the left, the probe side.
  public var leftIsUnique: Bool { self == .oneToOne || self == .oneToMany }
  /// Whether a key may have only one row on the right, the build side.
  public var rightIsUnique: Bool { self == .oneToOne || self == .manyToOne }
}

/// A key that stands in more rows than the join allows.
public struct CardinalityBreach: Hashable, Sendable {
  /// The values of the key.
  public var key: [Scalar]
  /// The row that is the second of its key, the first such in the order of its side.
  public var row: Int
  /// How many rows have the key.
  public var rowCount: Int

  public init(key: [Scalar], row: Int, rowCount: Int) {
    self.key = key
    self.row = row
    self.rowCount = rowCount
  }
}

extension JoinTable {
  /// The first build row whose key an earlier row has already.
  ///
  /// - Parameter keys: as given to `init`.
  public func repeatedBuildKey(keys: [Int]) -> CardinalityBreach? {
    var second = Int32.max
    var count = 0
    for number in 0..<index.count where starts[number + 1] - starts[number] > 1 {
      let row = matches[Int(starts[number]) + 1]
      if row < second { (second, count) = (row, Int(starts[number + 1] - starts[number])) }
    }
    guard second < .max else { return nil }
    return CardinalityBreach(
      key: keys.map { rows.columns[$0].scalar(Int(second)) }, row: Int(second), rowCount: count)
  }
}

/// Watches for keys that come twice on the probe side, over all batches of it.
public final class RepeatedKeys {
  private let table: GroupTable
  private var counts: [Int64] = []
  /// Position key of each group's second row; `Int128.max` while there is one row.
  private var seconds: [Int128] = []

  public init(keyTypes: [DataType]) { table = GroupTable(keyTypes: keyTypes) }

  /// Takes in the keys of a batch. Rows that miss a key match nothing and are left out.
  public func add(_ keys: [Column], count: Int, position: Batch.Position) {
    let firsts = table.firstKeys
    let groups = table.assign(keys, count: count, position: position)
    counts.grow(to: table.groupCount, with: 0)
    seconds.grow(to: table.groupCount, with: .max)
    for row in groups.indices where keys.allSatisfy({ $0.isPresent(row) }) {
      let group = Int(groups[row])
      counts[group] += 1
      let key = position.key(ofRow: row)
      if key != table.firstKeys[group] { seconds[group] = min(seconds[group], key) }
    }
    // A first row that an earlier batch has pushed back is a candidate for the second.
    for group in firsts.indices where table.firstKeys[group] < firsts[group] && counts[group] > 0 {
      seconds[group] = min(seconds[group], firsts[group])
    }
  }

  public func absorb(_ other: RepeatedKeys) {
    let mine = table.firstKeys
    let mapping = table.absorb(other.table)
    counts.grow(to: table.groupCount, with: 0)
    seconds.grow(to: table.groupCount, with: .max)
    for theirs in mapping.indices {
      let group = Int(mapping[theirs])
      counts[group] += other.counts[theirs]
      seconds[group] = min(seconds[group], other.seconds[theirs])
      if group < mine.count { seconds[group] = min(seconds[group], max(mine[group], other.table.firstKeys[theirs])) }
    }
  }

  /// The first breach in the order of the rows, with the position key of its row in place of a row number.
  public func firstRepetition() -> (key: [Scalar], position: Int128, rowCount: Int)? {
    var best: Int?
    for group in seconds.indices where seconds[group] < .max && counts[group] > 1 {
      if best == nil || seconds[group] < seconds[best!] { best = group }
    }
    return best.map { group in
      (table.keyColumns().map { $0.scalar(group) }, seconds[group], Int(counts[group]))
    }
  }
}
