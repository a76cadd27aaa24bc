import Columns

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

  /// - Parameter keys: columns of the table.
  public init(build table: Table, keys: [Int]) {
    let rows = table.concatenated()
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

  /// The pairs of a batch, in the order of its rows and then of the build rows. -1 stands for no build row.
  ///
  /// For semi and anti joins, all of `rightRows` is -1.
  /// - Parameter keys: columns of the batch, of the build keys' types; decimals may differ in scale and are compared by value.
  public func probe(_ batch: Batch, keys: [Int]) -> (leftRows: [Int32], rightRows: [Int32]) {
    let numbers = lookup.numbers(keys.map { batch.columns[$0] }, count: batch.count)
    var left: [Int32] = []
    var right: [Int32] = []
    left.reserveCapacity(batch.count)
    right.reserveCapacity(batch.count)
    switch kind {
    case .semi, .anti:
      for row in numbers.indices where (numbers[row] >= 0) == (kind == .semi) { left.append(Int32(row)) }
      return (left, [Int32](repeating: -1, count: left.count))
    case .inner, .right: pair(numbers, keepsUnmatched: false, &left, &right)
    case .left, .full: pair(numbers, keepsUnmatched: true, &left, &right)
    }
    if !matched.isEmpty { for row in right where row >= 0 { matched[Int(row)] = true } }
    return (left, right)
  }

  private func pair(_ numbers: [Int32], keepsUnmatched: Bool, _ left: inout [Int32], _ right: inout [Int32]) {
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
  }
}
