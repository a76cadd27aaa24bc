import Columns
import Diagnostics
import Memory

/// Reads rows of a file again, by where they begin: what the quarantine shows.
struct OriginalRowFinder {
  private let file: CSVFile
  private let scan: SeparatorScan

  init(_ file: CSVFile, scan: SeparatorScan) {
    self.file = file
    self.scan = scan
  }

  /// One pass over the file up to the last of the offsets; lines are counted on the way.
  func rows(at offsets: [Int]) throws(RunFailure) -> [OriginalRow] {
    let order = offsets.indices.sorted { offsets[$0] < offsets[$1] }
    var result = [OriginalRow](repeating: OriginalRow(line: 0, cells: []), count: offsets.count)
    let stream = try ByteStream(file.file, file.compression, from: 0)
    var window = ByteWindow(capacity: 1 << 20)
    var found = Separators(capacity: 1 << 12)
    var line = 1
    var passed = window.start
    var isAtEnd = false
    for index in order {
      while !isAtEnd, window.inputOffset(at: window.end) <= offsets[index] {
        line += ByteScan.count(window.storage, in: passed..<window.end, of: UInt8(ascii: "\n"))
        window.drop(before: window.end)
        passed = window.start
        isAtEnd = try stream.read(upTo: 1 << 20, into: &window) == 0
      }
      let start = window.start + offsets[index] - window.inputOffset
      guard start >= passed, start < window.end else { continue }
      line += ByteScan.count(window.storage, in: passed..<start, of: UInt8(ascii: "\n"))
      passed = start
      var cells = cells(window, from: passed, isAtEnd: isAtEnd, &found)
      while cells == nil {
        // The row goes on behind the window. Bytes are moved only here, not for every row.
        window.drop(before: passed)
        passed = window.start
        isAtEnd = try stream.read(upTo: max(1 << 20, window.count), into: &window) == 0
        cells = self.cells(window, from: passed, isAtEnd: isAtEnd, &found)
      }
      result[index] = OriginalRow(line: line, cells: cells ?? [])
    }
    return result
  }

  /// The cells of the row that begins at a position; nil where it does not end in the window.
  private func cells(
    _ window: borrowing ByteWindow, from start: Int, isAtEnd: Bool, _ found: inout Separators
  ) -> [String]? {
    while true {
      scan.run(window, from: start, to: window.end, rowLimit: 1, into: &found)
      if found.rowCount > 0 || (isAtEnd && found.scannedTo == window.end) {
        let separators = found.rowCount > 0 ? Int(found.rowEnds[0]) + 1 : found.separatorCount
        var bounds = Array(found.separators[0...separators])
        bounds[0] = UInt32(start) &- 1
        if found.rowCount == 0 { bounds.append(UInt32(window.end)) }
        return CSVCells(bytes: window.storage, bounds: bounds, quote: scan.quote).texts()
      }
      if found.scannedTo == window.end { return nil }
      found.grow()
    }
  }
}
