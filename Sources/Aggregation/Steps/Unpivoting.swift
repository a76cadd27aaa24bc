import Columns

/// Columns turned into rows: each row gives one row a column, in the order of the columns.
///
/// - Parameter columns: of one type.
/// - Returns: for each new row the row it is from, the name of its column, and the value.
public func unpivoted(_ columns: [(name: String, column: Column)]) -> (rows: [Int32], names: Column, values: Column) {
  precondition(!columns.isEmpty)
  let count = columns[0].column.count
  let dictionary = TextDictionary()
  let codes = columns.map { dictionary.code(for: $0.name) }
  var rows: [Int32] = []
  var nameCodes: [UInt32] = []
  var sources: [Int32] = []
  for row in 0..<count {
    for index in columns.indices {
      rows.append(Int32(row))
      nameCodes.append(codes[index])
      sources.append(Int32(index * count + row))
    }
  }
  let values = Column.concatenated(columns.map(\.column)).gathered(sources)
  return (rows, Column(.texts(.coded(nameCodes, dictionary))), values)
}
