import Columns
import Diagnostics
import Memory

/// Consecutive rows of a CSV file in their reader's window.
final class CSVBlock: RowBlock {
  let reader: CSVRowReader
  let position: Batch.Position
  private(set) var count: Int
  private(set) var structuralFailures: [CellFailure] = []
  private(set) var usableRows: [Int32]?
  /// Cells of rows of even structure lie in the scan's own list; others get a list of their own, with each row's start.
  private var ownBounds: [UInt32]?
  private let stride: Int
  let hasQuotes: Bool

  /// - Parameter from: position in the window at which the rows begin; `to` is where they end.
  init(_ reader: CSVRowReader, rows: Int, from: Int, to: Int, position: Batch.Position) {
    self.reader = reader
    self.position = position
    count = rows
    hasQuotes = reader.found.hasQuotes
    let cells = reader.file.cellCount
    let isEven = Self.isEven(reader.found.rowEnds, rows: rows, cells: cells)
    var badUTF8 = false
    if reader.found.hasNonASCII {
      badUTF8 = ByteScan.firstInvalidUTF8(reader.window.storage, in: from..<to) != nil
    }
    guard !isEven || badUTF8 || reader.found.malformedCount > 0 else {
      stride = cells
      return
    }
    stride = cells + 1
    examine(rows: rows, from: from, checksUTF8: badUTF8)
  }

  /// A block of the one row whose quote is open at the end of the file.
  init(_ reader: CSVRowReader, unclosedRowAt start: Int, position: Batch.Position) {
    self.reader = reader
    self.position = position
    count = 1
    hasQuotes = true
    stride = reader.file.cellCount + 1
    ownBounds = [UInt32](repeating: UInt32(reader.window.end), count: stride)
    ownBounds?[0] = UInt32(start) &- 1
    structuralFailures = [
      CellFailure(row: 0, column: -1, code: .rowShape, message: "a quote in this row is never closed")
    ]
    usableRows = []
  }

  private static func isEven(_ rowEnds: [UInt32], rows: Int, cells: Int) -> Bool {
    var uneven: UInt32 = 0
    var expected = UInt32(cells - 1)
    for row in 0..<rows {
      uneven |= rowEnds[row] ^ expected
      expected &+= UInt32(cells)
    }
    return uneven == 0
  }

  /// Looks at the rows one by one: which are whole, and where their cells lie.
  private func examine(rows: Int, from: Int, checksUTF8: Bool) {
    let found = reader.found
    let storage = reader.window.storage
    let cells = reader.file.cellCount
    var bounds: [UInt32] = []
    bounds.reserveCapacity(rows * stride)
    var usable: [Int32] = []
    count = 0
    var first = 0
    for row in 0..<rows {
      let last = Int(found.rowEnds[row])
      defer { first = last + 1 }
      let start = Int(found.separators[first]) + 1
      let end = Int(found.separators[last + 1])
      let isBlank = end == start || (end == start + 1 && storage[start] == UInt8(ascii: "\r"))
      if isBlank, cells > 1 { continue }
      if let problem = problem(found, first...last, start..<end, checksUTF8: checksUTF8) {
        structuralFailures.append(
          CellFailure(row: Int32(count), column: -1, code: problem.0, message: problem.1))
        bounds.append(UInt32(start) &- 1)
        bounds.append(contentsOf: repeatElement(UInt32(end), count: cells))
      } else {
        usable.append(Int32(count))
        bounds.append(contentsOf: found.separators[first...last + 1])
        bounds[bounds.count - stride] = UInt32(start) &- 1
      }
      count += 1
    }
    ownBounds = bounds
    if usable.count < count { usableRows = usable }
  }

  private func problem(
    _ found: Separators, _ separators: ClosedRange<Int>, _ range: Range<Int>, checksUTF8: Bool
  ) -> (DiagnosticCode, String)? {
    let storage = reader.window.storage
    let cells = reader.file.cellCount
    if checksUTF8, let place = ByteScan.firstInvalidUTF8(storage, in: range) {
      return (.badUTF8, "the row is not UTF-8: byte \(place - range.lowerBound + 1) of it begins no character")
    }
    if found.malformedCount > 0 {
      for index in separators {
        let cell = CellColumn(
          bounds: found.separators, stride: 0, column: index, isLast: index == separators.upperBound, quote: nil,
          rowCount: 1
        ).range(row: 0, in: storage)
        if !CSVCells.isWellQuoted(storage, cell, quote: reader.source.options.quote) {
          let text = CellText.shown(String(decoding: storage[cell].prefix(240), as: UTF8.self))
          return (.rowShape, "\(text) goes on after its closing quote")
        }
      }
    }
    if separators.count != cells {
      return (
        .rowShape,
        "the row has \(separators.count) cell\(separators.count == 1 ? "" : "s") where the header has \(cells)"
      )
    }
    return nil
  }

  /// The cells of one column of the file.
  func cells(at place: Int) -> CellColumn {
    CellColumn(
      bounds: ownBounds ?? reader.found.separators, stride: stride, column: place,
      isLast: place == reader.file.cellCount - 1, quote: hasQuotes ? reader.source.options.quote : nil, rowCount: count)
  }

  func column(_ index: Int, rows: [Int32]?) -> (column: Column, failures: [CellFailure]) {
    ColumnCells(
      window: reader.window, form: .csv, place: reader.file.places[index].map(cells(at:)), rows: rows,
      count: rows?.count ?? count, reader: reader.source.cellReaders[index], texts: reader.texts[index], index: index,
      path: reader.file.file.path
    ).column()
  }

  func origins(rows: [Int32]?) -> [RowOrigin] {
    RowOrigin.rows(
      rows ?? (0..<Int32(count)).map { $0 }, file: reader.split.file, behind: ownBounds ?? reader.found.separators,
      stride: stride, shift: reader.window.inputOffset - reader.window.start)
  }
}
