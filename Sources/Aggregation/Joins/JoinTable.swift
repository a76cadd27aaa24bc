import Columns
import Diagnostics
import Memory

/// The build side of a join: the rows of a table by their keys. Immutable once made, so that workers share it; each probes through its own `JoinProbe`.
///
/// A row that misses a key matches nothing.
public final class JoinTable: Sendable {
  /// Which rows come out of a join.
  public enum Kind: String, Sendable, CaseIterable { case inner, left, right, full, semi, anti }

  /// All rows of the build side, in order.
  public let rows: Batch
  let index: KeyIndex
  /// The rows of key `n`, ascending: `matches[starts[n]..<starts[n + 1]]`.
  let starts: [Int32]
  let matches: [Int32]
  /// Whether each key stands in one row, and key `n` in row `n`.
  fileprivate let numbersAreRows: Bool

  /// - Parameter keys: columns of the table.
  public init(build table: Table, keys: [Int]) throws(RunFailure) {
    let rows = try table.concatenated()
    self.rows = rows
    let columns = keys.map { rows.columns[$0] }
    let (index, numbers) = KeyIndex.numbering(columns, types: keys.map { table.schema[$0].type.data }, rows.count)
    self.index = index
    var starts = [Int32](repeating: 0, count: index.count + 1)
    for number in numbers where number >= 0 { starts[Int(number) + 1] += 1 }
    for number in 0..<index.count { starts[number + 1] += starts[number] }
    var next = starts
    var matches = [Int32](repeating: 0, count: Int(starts[index.count]))
    for row in numbers.indices where numbers[row] >= 0 {
      let number = Int(numbers[row])
      matches[Int(next[number])] = Int32(row)
      next[number] += 1
    }
    self.starts = starts
    self.matches = matches
    numbersAreRows = index.count == rows.count
  }

  /// A worker's way of asking.
  public func makeProbe(_ kind: Kind) -> JoinProbe { JoinProbe(self, kind) }

  /// The build rows that no probe matched, ascending: what a right or full join adds at the end.
  public func unmatchedBuildRows(after probes: [JoinProbe]) -> [Int32] {
    (0..<Int32(rows.count)).filter { row in !probes.contains { $0.matched[Int(row)] } }
  }
}

/// One worker's probing of a join table. Keeps what it learned of the probe side's dictionaries, and which build rows it matched.
public final class JoinProbe {
  public let table: JoinTable
  public let kind: JoinTable.Kind
  fileprivate(set) var matched: [Bool]
  private var lookup: KeyLookup

  fileprivate init(_ table: JoinTable, _ kind: JoinTable.Kind) {
    self.table = table
    self.kind = kind
    matched = [Bool](repeating: false, count: kind == .right || kind == .full ? table.rows.count : 0)
    lookup = KeyLookup(table.index)
  }

  /// The pairs of a batch, in the order of its rows and then of the build rows.
  ///
  /// - Parameter keys: columns of the batch, of the build keys' types; decimals may differ in scale and are compared by value.
  public func probe(_ batch: Batch, keys: [Int]) -> JoinPairs {
    let numbers = lookup.numbers(keys.map { batch.columns[$0] }, count: batch.count)
    var pairs: JoinPairs
    switch kind {
    case .semi: pairs = JoinPairs(left: [Int32](rowsWhere: elementwise(numbers) { $0 >= 0 }), right: nil)
    case .anti: pairs = JoinPairs(left: [Int32](rowsWhere: elementwise(numbers) { $0 < 0 }), right: nil)
    case .inner, .right: pairs = self.pairs(numbers, keepsUnmatched: false)
    case .left, .full: pairs = self.pairs(numbers, keepsUnmatched: true)
    }
    if let left = pairs.left, left.count == batch.count, pairs.right == nil { pairs.left = nil }
    if !matched.isEmpty, let right = pairs.right { for row in right where row >= 0 { matched[Int(row)] = true } }
    return pairs
  }

  private func pairs(_ numbers: [Int32], keepsUnmatched: Bool) -> JoinPairs {
    guard table.keysAreUnique else { return manyPairs(numbers, keepsUnmatched: keepsUnmatched) }
    let all = table.rows(ofUniqueKeys: numbers)
    if keepsUnmatched || !all.contains(-1) { return JoinPairs(left: nil, right: all) }
    let left = [Int32](rowsWhere: elementwise(all) { $0 >= 0 })
    return JoinPairs(left: left, right: gathered(all, at: left))
  }

  private func manyPairs(_ numbers: [Int32], keepsUnmatched: Bool) -> JoinPairs {
    var left: [Int32] = []
    var right: [Int32] = []
    left.reserveCapacity(numbers.count)
    right.reserveCapacity(numbers.count)
    let starts = table.starts
    let matches = table.matches
    for row in numbers.indices {
      let number = Int(numbers[row])
      if number >= 0 {
        for place in starts[number]..<starts[number + 1] {
          left.append(Int32(row))
          right.append(matches[Int(place)])
        }
      } else if keepsUnmatched {
        left.append(Int32(row))
        right.append(-1)
      }
    }
    return JoinPairs(left: left, right: right)
  }
}

/// Which rows of two sides stand together.
public struct JoinPairs: Sendable {
  /// Rows of the probe side, ascending; nil for each of them once.
  public var left: [Int32]?
  /// The build row of each, -1 for none; nil where the join takes nothing from that side.
  public var right: [Int32]?
}

extension JoinTable {
  /// Whether no two rows have the same key.
  var keysAreUnique: Bool { matches.count == index.count }

  /// The row of each key number, -1 for -1.
  fileprivate func rows(ofUniqueKeys numbers: [Int32]) -> [Int32] {
    if numbersAreRows { return numbers }
    return looked(up: numbers.map { Int64($0) }, in: matches, from: 0)
  }
}
