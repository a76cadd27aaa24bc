import Columns

/// Rows turned into columns: which row gives each cell.
public struct Pivot: Sendable {
  /// The first row of each key, in order of appearance: the rows of the result.
  public let keyRows: [Int32]
  /// For each new column, the row whose value stands in it for each key; -1 where there is none.
  public let cells: [[Int32]]
  /// The first row whose cell an earlier row has already.
  public let repeated: Int32?
  /// The first row whose name is missing or none of the new columns'; its value has no place.
  public let unlisted: Int32?

  /// - Parameters:
  ///   - keys: columns that name the result's rows, of `types`.
  ///   - column: the text column whose values name the new columns.
  ///   - names: of the new columns, in order.
  public init(of batch: Batch, by keys: [Int], types: [DataType], column: Int, into names: [String]) {
    guard case .texts(let texts) = batch.columns[column].values else {
      preconditionFailure("new columns are named by texts")
    }
    let table = GroupTable(keyTypes: types)
    let groups = table.assign(keys.map { batch.columns[$0] }, count: batch.count, position: batch.position)
    let recoder = TextRecoder()
    for name in names { _ = recoder.dictionary.code(for: name) }
    let codes = recoder.words(of: texts, present: batch.columns[column].present)

    var keyRows = [Int32](repeating: -1, count: table.groupCount)
    var cells = names.map { _ in [Int32](repeating: -1, count: table.groupCount) }
    var repeated: Int32?
    var unlisted: Int32?
    for row in groups.indices {
      let group = Int(groups[row])
      if keyRows[group] < 0 { keyRows[group] = Int32(row) }
      let name = Int(codes[row])
      if !batch.columns[column].isPresent(row) || name >= names.count {
        unlisted = unlisted ?? Int32(row)
      } else if cells[name][group] >= 0 {
        repeated = repeated ?? Int32(row)
      } else {
        cells[name][group] = Int32(row)
      }
    }
    self.keyRows = keyRows
    self.cells = cells
    self.repeated = repeated
    self.unlisted = unlisted
  }
}
