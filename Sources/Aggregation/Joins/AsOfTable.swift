import Columns

/// The build side of an as-of join: for each key its rows in the order of a date, timestamp or int, found by binary search.
///
/// Rows that miss a key or their place match nothing. Of rows with equal keys and equal places the last would count:
/// `repeated` says whether there are such.
public final class AsOfTable: Sendable {
  public enum Direction: String, Sendable, CaseIterable {
    /// The latest row not after.
    case backward
    /// The earliest row not before.
    case forward
    /// The closest; of two equally close the earlier.
    case nearest
  }

  public let rows: Batch
  /// A row whose key and place another row before it has too; nil where there is none.
  public let repeated: Int32?
  let index: KeyIndex
  private let starts: [Int32]
  /// The places of each key's rows, ascending, and the rows.
  private let places: [Int64]
  private let placeRows: [Int32]
  private let direction: Direction
  private let tolerance: Int64?

  /// - Parameters:
  ///   - keys: columns that must be equal; may be none.
  ///   - at: the ordered column: int, date or timestamp.
  ///   - tolerance: the greatest distance that still matches: days for dates, microseconds for timestamps.
  public init(build table: Table, keys: [Int], at: Int, direction: Direction, tolerance: Int64? = nil) {
    let rows = table.concatenated()
    self.rows = rows
    self.direction = direction
    self.tolerance = tolerance
    let (index, numbers) = KeyIndex.numbering(
      keys.map { rows.columns[$0] }, types: keys.map { table.schema[$0].type.data }, rows.count)
    self.index = index
    let words = OrderedWord.words(rows.columns[at])
    let known = (0..<rows.count).map { numbers[$0] >= 0 && rows.columns[at].isPresent($0) }
    let sorted = [Int32](rowsWhere: known).sorted { left, right in
      let (a, b) = (Int(left), Int(right))
      if numbers[a] != numbers[b] { return numbers[a] < numbers[b] }
      return words[a] != words[b] ? words[a] < words[b] : left < right
    }
    var starts = [Int32](repeating: 0, count: index.count + 1)
    for row in sorted { starts[Int(numbers[Int(row)]) + 1] += 1 }
    for number in 0..<index.count { starts[number + 1] += starts[number] }
    self.starts = starts
    repeated =
      zip(sorted, sorted.dropFirst()).first { left, right in
        numbers[Int(left)] == numbers[Int(right)] && words[Int(left)] == words[Int(right)]
      }?.1
    places = sorted.map { words[Int($0)] }
    placeRows = sorted
  }

  public func makeProbe() -> AsOfProbe { AsOfProbe(self) }

  /// The place in `placeRows` that answers for a key and a place, -1 for none.
  fileprivate func match(_ number: Int, _ place: Int64) -> Int32 {
    let low = Int(starts[number])
    let high = Int(starts[number + 1])
    // Places below `after` are at most `place`.
    var (first, after) = (low, high)
    while first < after {
      let middle = (first + after) / 2
      if places[middle] <= place { first = middle + 1 } else { after = middle }
    }
    let earlier = after > low ? after - 1 : nil
    var later: Int? = nil
    if let earlier, places[earlier] == place {
      later = earlier
    } else if after < high {
      // The last of the rows that share the next place.
      var last = after
      while last + 1 < high, places[last + 1] == places[after] { last += 1 }
      later = last
    }
    let chosen: Int?
    switch direction {
    case .backward: chosen = earlier
    case .forward: chosen = later
    case .nearest:
      if let earlier, let later {
        chosen = distance(places[later], place) < distance(places[earlier], place) ? later : earlier
      } else {
        chosen = earlier ?? later
      }
    }
    guard let chosen else { return -1 }
    if let tolerance, distance(places[chosen], place) > UInt64(max(tolerance, 0)) { return -1 }
    return placeRows[chosen]
  }

  private func distance(_ left: Int64, _ right: Int64) -> UInt64 {
    left > right
      ? UInt64(bitPattern: left) &- UInt64(bitPattern: right) : UInt64(bitPattern: right) &- UInt64(bitPattern: left)
  }
}

/// One worker's probing of an as-of table.
public final class AsOfProbe {
  public let table: AsOfTable
  private var lookup: KeyLookup

  fileprivate init(_ table: AsOfTable) {
    self.table = table
    lookup = KeyLookup(table.index)
  }

  /// For each row of a batch its build row, -1 where none matches.
  ///
  /// - Parameters:
  ///   - keys: columns of the batch, of the build keys' types.
  ///   - at: the column whose place is looked for, of the build column's type.
  public func probe(_ batch: Batch, keys: [Int], at: Int) -> [Int32] {
    let numbers = lookup.numbers(keys.map { batch.columns[$0] }, count: batch.count)
    let places = OrderedWord.words(batch.columns[at])
    var matches = [Int32](repeating: -1, count: batch.count)
    for row in matches.indices where numbers[row] >= 0 && batch.columns[at].isPresent(row) {
      matches[row] = table.match(Int(numbers[row]), places[row])
    }
    return matches
  }
}
