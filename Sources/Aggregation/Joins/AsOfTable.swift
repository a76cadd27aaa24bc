import Columns
import Diagnostics

/// The build side of an as-of join: for each key its rows in the order of a date, timestamp or int.
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
  private let runs: AsOfRuns
  private let answers: AsOfAnswers?

  /// - Parameters:
  ///   - keys: columns that must be equal; may be none.
  ///   - at: the ordered column: int, date or timestamp.
  ///   - tolerance: the greatest distance that still matches: days for dates, microseconds for timestamps.
  public init(build table: Table, keys: [Int], at: Int, direction: Direction, tolerance: Int64? = nil)
    throws(RunFailure)
  {
    let rows = try table.concatenated()
    self.rows = rows
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
    repeated =
      zip(sorted, sorted.dropFirst()).first { left, right in
        numbers[Int(left)] == numbers[Int(right)] && words[Int(left)] == words[Int(right)]
      }?.1
    runs = AsOfRuns(
      starts: starts, places: sorted.map { words[Int($0)] }, rows: sorted, direction: direction, tolerance: tolerance)
    answers = AsOfAnswers(runs)
  }

  public func makeProbe() -> AsOfProbe { AsOfProbe(self) }

  /// The build row of each row of a probe, -1 for none.
  ///
  /// - Parameters:
  ///   - numbers: of the rows' keys.
  ///   - column: the rows' places.
  fileprivate func matches(_ numbers: [Int32], _ column: Column) -> [Int32] {
    let places = OrderedWord.words(column)
    var matches = [Int32](repeating: -1, count: numbers.count)
    if let answers {
      answers.fill(&matches, numbers, places, otherwise: runs)
    } else {
      for row in numbers.indices where numbers[row] >= 0 { matches[row] = runs.match(Int(numbers[row]), places[row]) }
    }
    if let present = column.present { for row in present.indices where !present[row] { matches[row] = -1 } }
    return matches
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
    return table.matches(numbers, batch.columns[at])
  }
}
