import Columns

/// The rows that a list column unfolds into: one an element, in order. Empty and missing lists give no row.
///
/// - Returns: for each element the row it is from, and the elements.
public func exploded(_ column: Column) -> (rows: [Int32], elements: Column) {
  guard case .lists(let lists) = column.values else { preconditionFailure("only lists can be exploded") }
  var rows: [Int32] = []
  var sources: [Int32] = []
  rows.reserveCapacity(lists.element.count)
  sources.reserveCapacity(lists.element.count)
  for row in 0..<lists.count where column.isPresent(row) {
    for index in lists.range(of: row) {
      rows.append(Int32(row))
      sources.append(Int32(index))
    }
  }
  return (rows, lists.element.gathered(sources))
}
