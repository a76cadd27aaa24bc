import Columns
import Diagnostics
import Memory

/// Rows of a block that are still wanted, with the columns that were parsed for them so far.
///
/// A value: each way that rows go has its own, and what one parses the others do not see. What is parsed for all of
/// them is held before they part, its bad cells too, which still count at the first step that looks at them.
struct LiveRows {
  let block: any RowBlock
  let position: Batch.Position
  /// Rows of the block; nil for all.
  var rows: [Int32]?
  private var columns: [Int: Column] = [:]
  /// Results that steps have in common, by number; empty where there are none yet.
  private(set) var common: [Column?] = []
  private var failing: [Int32] = []
  /// Bad cells of columns that were held and that nobody looked at yet; their rows are rows of the block.
  private var heldFailures: [Int: [CellFailure]] = [:]

  init(block: any RowBlock, position: Batch.Position) {
    self.block = block
    self.position = position
  }

  var count: Int { rows?.count ?? block.count }

  func blockRow(_ row: Int32) -> Int32 { rows?[Int(row)] ?? row }

  func isParsed(_ column: Int) -> Bool { columns[column] != nil }

  /// Parses a column over the rows without looking at it.
  mutating func hold(_ column: Int) {
    guard columns[column] == nil else { return }
    let (values, failures) = block.column(column, rows: rows)
    columns[column] = values
    if failures.isEmpty { return }
    heldFailures[column] = failures.map { failure in
      var held = failure
      held.row = blockRow(failure.row)
      return held
    }
  }

  /// Parses a column over the rows; gives the failures, by number of the live row.
  mutating func load(_ column: Int) -> [(Int32, CellFailure)] {
    let found: [(Int32, CellFailure)]
    if columns[column] == nil {
      let (values, failures) = block.column(column, rows: rows)
      columns[column] = values
      found = failures.map { ($0.row, $0) }
    } else {
      found = (heldFailures.removeValue(forKey: column) ?? []).compactMap { failure in
        liveRow(failure.row).map { ($0, failure) }
      }
    }
    failing += found.map(\.0)
    return found
  }

  /// The live row that a row of the block is; nil where it is no longer wanted.
  private func liveRow(_ row: Int32) -> Int32? {
    guard let rows else { return row }
    var (low, high) = (0, rows.count)
    while low < high {
      let middle = (low + high) / 2
      if rows[middle] < row { low = middle + 1 } else { high = middle }
    }
    return low < rows.count && rows[low] == row ? Int32(low) : nil
  }

  mutating func dropFailing() {
    guard !failing.isEmpty else { return }
    var keeps = [Bool](repeating: true, count: count)
    for row in failing { keeps[Int(row)] = false }
    keep([Int32](rowsWhere: keeps))
  }

  func hasCommon(_ number: Int) -> Bool { number < common.count && common[number] != nil }

  mutating func setCommon(_ number: Int, _ column: Column) {
    while common.count <= number { common.append(nil) }
    common[number] = column
  }

  /// Forgets columns and common results that nobody looks at any more.
  mutating func forget(allBut needed: [Int], commonBut wanted: [Int]) {
    for column in columns.keys where !needed.contains(column) { columns[column] = nil }
    for number in common.indices where wanted[number] == 0 { common[number] = nil }
  }

  /// Narrows to some of the live rows, ascending.
  mutating func keep(_ selected: [Int32]) {
    failing = []
    rows = rows.map { gathered($0, at: selected) } ?? selected
    for column in columns.keys { columns[column] = columns[column]?.gathered(selected) }
    for number in common.indices { common[number] = common[number]?.gathered(selected) }
  }

  func batch(width: Int) -> Batch {
    var batch = Batch(
      columns: values(width: width), count: count, position: position,
      origins: RowOrigins(rows: rows, of: block))
    batch.common = common
    return batch
  }

  /// What was parsed, by column of the source.
  func values(width: Int) -> [Column] { (0..<width).map { columns[$0] ?? .unread } }
}
