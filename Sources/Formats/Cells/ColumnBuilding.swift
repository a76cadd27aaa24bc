import Columns
import Diagnostics

/// Puts a column together from what a kernel decided and a slow reader for the rest.
struct ColumnBuilding {
  let reader: CellReader
  let columnIndex: Int
  private(set) var failures: [CellFailure] = []

  init(_ reader: CellReader, columnIndex: Int) {
    self.reader = reader
    self.columnIndex = columnIndex
  }

  /// Decides the rows in `undecided` one by one and gives the mask of rows that have a value, nil where all have.
  mutating func decide<Value>(
    _ values: inout [Value], missing: [Int32], undecided: [Int32],
    _ outcome: (Int32) -> CellOutcome<Value>
  ) -> [Bool]? {
    var present: [Bool]?
    func lacks(_ row: Int32) {
      if present == nil { present = [Bool](repeating: true, count: values.count) }
      present?[Int(row)] = false
    }
    if !missing.isEmpty {
      var mask = [Bool](repeating: true, count: values.count)
      for row in missing { mask[Int(row)] = false }
      present = mask
    }
    if !reader.reading.type.isNullable {
      for row in missing { fail(row, .missingValue, "\(reader.reading.name) has no value") }
    }
    for row in undecided {
      switch outcome(row) {
      case .value(let value): values[Int(row)] = value
      case .missing: lacks(row)
      case .bad(let code, let message):
        lacks(row)
        fail(row, code, message)
      }
    }
    if !missing.isEmpty, !undecided.isEmpty { failures.sort { $0.row < $1.row } }
    return present
  }

  private mutating func fail(_ row: Int32, _ code: DiagnosticCode, _ message: String) {
    failures.append(CellFailure(row: row, column: columnIndex, code: code, message: message))
  }
}
