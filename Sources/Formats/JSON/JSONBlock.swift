import Columns
import Diagnostics
import Memory

/// Consecutive rows of JSON in their reader's window.
final class JSONBlock: RowBlock {
  let position: Batch.Position
  let structuralFailures: [CellFailure]
  let usableRows: [Int32]?
  private let grid: JSONRowGrid
  private let window: ByteWindow
  private let columns: JSONColumns
  private let file: Int
  private let path: String

  init(
    _ grid: JSONRowGrid, window: ByteWindow, columns: JSONColumns, file: Int, path: String, position: Batch.Position,
    failures: [CellFailure] = []
  ) {
    self.grid = grid
    self.window = window
    self.columns = columns
    self.file = file
    self.path = path
    self.position = position
    structuralFailures = failures
    let bad = Set(failures.map(\.row))
    usableRows = bad.isEmpty ? nil : (0..<Int32(grid.rowCount)).filter { !bad.contains($0) }
  }

  var count: Int { grid.rowCount }

  func column(_ index: Int, rows: [Int32]?) -> (column: Column, failures: [CellFailure]) {
    var cells = CellColumn(
      bounds: grid.bounds, stride: grid.stride, column: index * 2, isLast: false, quote: UInt8(ascii: "\""),
      rowCount: grid.rowCount)
    cells.escape = UInt8(ascii: "\\")
    return ColumnCells(
      window: window, form: .json, place: cells, rows: rows, count: rows?.count ?? grid.rowCount,
      reader: columns.readers[index], texts: columns.texts[index], index: index, path: path,
      holdsNested: grid.nestedColumns.contains(index)
    ).column()
  }

  func origins(rows: [Int32]?) -> [RowOrigin] {
    func origin(_ row: Int) -> RowOrigin {
      RowOrigin(file: file, byte: window.inputOffset(at: Int(grid.starts[row])))
    }
    if let rows { return rows.map { origin(Int($0)) } }
    return (0..<grid.rowCount).map(origin)
  }
}

/// What a reader of JSON remembers of its columns.
final class JSONColumns {
  let readers: [CellReader]
  let texts: [TextColumn]

  init(_ readers: [CellReader]) {
    self.readers = readers
    texts = readers.map { _ in TextColumn() }
  }
}

extension ColumnCells {
  /// The elements of an array; a single value is a list of one.
  func jsonList(_ cells: CellColumn, _ row: Int, _ elementReader: CellReader) -> CellOutcome<[Scalar]> {
    let storage = window.storage
    let range = cells.range(row: row, in: storage)
    guard let first = range.first, storage[first] == UInt8(ascii: "[") else {
      return read(cells, row, reader) { elementReader.scalar($0).map { [$0] } }
    }
    var elements: [Scalar] = []
    var problem: CellOutcome<[Scalar]>?
    var cursor = JSONCursor(storage, range)
    do throws(JSONSyntaxError) {
      try cursor.forEachElement(depth: 0) { (cursor, _) throws(JSONSyntaxError) in
        let element = try cursor.skipValue(depth: 1)
        let isText = storage[element.lowerBound] == UInt8(ascii: "\"")
        let text = isText ? JSONString.decoded(storage, element) ?? [] : Array(storage[element])
        if !isText, text == Array("null".utf8) || text[0] == UInt8(ascii: "[") || text[0] == UInt8(ascii: "{") {
          problem = .bad(.badCell, "\(elementReader.reading.name) has an element that is no single value")
          return
        }
        switch elementReader.scalar(text.span) {
        case .value(let value): elements.append(value)
        case .missing: elements.append(.missing)
        case .bad(let code, let message): problem = .bad(code, message)
        }
      }
    } catch {
      return .bad(.badCell, error.message)
    }
    return problem ?? .value(elements)
  }
}
