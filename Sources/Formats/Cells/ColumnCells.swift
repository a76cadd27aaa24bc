import Columns
import Diagnostics
import Memory

/// The cells of one column over chosen rows of a block, and how they become values: kernels for common forms, a slow reader for the rest.
struct ColumnCells {
  /// How the text of a cell is written.
  enum Form: Sendable { case csv, json }

  let window: ByteWindow
  let form: Form
  /// nil where the file lacks the column.
  let place: CellColumn?
  let rows: [Int32]?
  /// Rows that are asked for.
  let count: Int
  let reader: CellReader
  let texts: TextColumn
  let index: Int
  let path: String
  /// Whether some cells are objects or arrays of JSON, which a kernel for texts would take as they stand.
  var holdsNested = false

  func column() -> (column: Column, failures: [CellFailure]) {
    let cellReader = reader
    let reading = cellReader.reading
    let rowCount = count
    guard let cells = place else { return absentColumn() }
    var building = ColumnBuilding(cellReader, columnIndex: index)
    let row = { (index: Int32) in rows.map { Int($0[Int(index)]) } ?? Int(index) }
    let isFast = cellReader.hasPlainMissing && reading.thousands == nil
    func fast<Value>(
      _ kernel: @autoclosure () -> ParsedCells<Value>, zero: Value, where isUsable: Bool = true,
      _ make: ([Value]) -> Column.Values, slow: (Span<UInt8>) -> CellOutcome<Value>
    ) -> (column: Column, failures: [CellFailure]) {
      var parsed = isFast && isUsable ? kernel() : Self.nothing(rowCount, zero)
      let present = building.decide(&parsed.values, missing: parsed.missing, undecided: parsed.undecided) {
        read(cells, row($0), cellReader, slow)
      }
      return (Column(make(parsed.values), present: present), building.failures)
    }
    let isPlain = reading.format == nil
    switch reading.type.data {
    case .int:
      return fast(CellKernels.ints(window, cells, rows: rows), zero: 0, { .ints($0) }, slow: cellReader.int)
    case .decimal(let precision, let scale) where precision <= DataType.narrowPrecision:
      return fast(
        CellKernels.decimals(
          window, cells, rows: rows, precision: precision, scale: scale, point: reading.decimalPoint),
        zero: 0, { .decimals64($0, scale: scale) },
        slow: { text in cellReader.decimal(text, precision: precision, scale: scale).map { Int64($0) } })
    case .decimal(let precision, let scale):
      return fast(
        CellKernels.wideDecimals(
          window, cells, rows: rows, precision: precision, scale: scale, point: reading.decimalPoint),
        zero: 0, { .decimals128($0, scale: scale) },
        slow: { text in cellReader.decimal(text, precision: precision, scale: scale) })
    case .date:
      return fast(
        CellKernels.isoDates(window, cells, rows: rows), zero: 0, where: isPlain, { .dates($0) }, slow: cellReader.date)
    case .timestamp:
      return fast(
        CellKernels.timestamps(window, cells, rows: rows, offsetMinutes: reading.zone.minutes), zero: 0, where: isPlain,
        { .timestamps($0) }, slow: cellReader.timestamp)
    case .bool:
      return fast(CellKernels.bools(window, cells, rows: rows), zero: false, { .bools($0) }, slow: cellReader.bool)
    case .float:
      return fast(
        CellKernels.floats(window, cells, rows: rows, point: reading.decimalPoint), zero: 0, { .floats($0) },
        slow: cellReader.float)
    case .string: return textColumn(cells, rows, &building, texts)
    case .list(let element): return listColumn(cells, rows, &building, element)
    }
  }

  /// A result of a kernel that did not run: everything is undecided.
  private static func nothing<Value>(_ count: Int, _ zero: Value) -> ParsedCells<Value> {
    ParsedCells(
      values: [Value](repeating: zero, count: count), missing: [], undecided: (0..<Int32(count)).map { $0 })
  }

  private func absentColumn() -> (column: Column, failures: [CellFailure]) {
    let reading = reader.reading
    let column = Column.missing(count, of: reading.type.data)
    guard !reading.type.isNullable else { return (column, []) }
    let failures = (0..<Int32(count)).map {
      CellFailure(
        row: $0, column: index, code: .missingValue, message: "'\(path)' has no column '\(reading.headerName)'")
    }
    return (column, failures)
  }

  /// Reads one cell, quotes taken off.
  func read<Value>(
    _ cells: CellColumn, _ row: Int, _ cellReader: CellReader, _ value: (Span<UInt8>) -> CellOutcome<Value>
  ) -> CellOutcome<Value> {
    let storage = window.storage
    let range = cells.range(row: row, in: storage)
    if form == .json {
      guard let first = range.first else {
        return cellReader.read(storage.span.extracting(range), isQuoted: false, value)
      }
      switch storage[first] {
      case UInt8(ascii: "\""):
        guard let text = JSONString.decoded(storage, range) else {
          return .bad(.badCell, "\(reader.reading.name) has half of a surrogate pair")
        }
        return cellReader.read(text.span, isQuoted: true, value)
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        let kind = storage[first] == UInt8(ascii: "{") ? "an object" : "an array"
        return .bad(.badCell, "\(reader.reading.name) is \(kind) where a single value is expected")
      default: return cellReader.read(storage.span.extracting(range), isQuoted: false, value)
      }
    }
    guard let quote = cells.quote, let first = range.first, storage[first] == quote else {
      return cellReader.read(storage.span.extracting(range), isQuoted: false, value)
    }
    let text = CSVCells.unquoted(storage, range, quote: quote)
    return cellReader.read(text.span, isQuoted: true, value)
  }
}
