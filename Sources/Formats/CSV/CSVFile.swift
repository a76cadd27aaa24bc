import Diagnostics
import Memory

/// One file of a CSV source: its header and where the declared columns stand in it.
struct CSVFile: Sendable {
  let file: InputFile
  let compression: Compression
  /// The number in origins.
  let number: Int
  let header: [String]
  /// Where the first row after the header begins.
  let rowsOffset: Int
  /// For each declared column its cell in a row; nil where the file lacks it.
  let places: [Int?]
  /// Numbers of its splits in the source.
  let splits: Range<Int>
  let quotes: QuoteChain

  var cellCount: Int { header.count }

  /// Bytes that a header may have.
  static let headerLimit = 1 << 20
}

/// The first row of a file.
struct CSVHeader {
  var names: [String]
  var end: Int

  /// - Returns: nil where the bytes end within the row and more are to come.
  init?(_ window: borrowing ByteWindow, scan: SeparatorScan, isWhole: Bool) {
    var found = Separators(capacity: 4096)
    var start = window.start
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    if window.count >= 3, (0..<3).allSatisfy({ window.storage[start + $0] == mark[$0] }) { start += 3 }
    if start == window.end, isWhole {
      names = []
      end = start - window.start
      return
    }
    while true {
      scan.run(window, from: start, to: window.end, rowLimit: 1, into: &found)
      if found.rowCount > 0 || found.scannedTo == window.end { break }
      found.grow()
    }
    guard found.rowCount > 0 || isWhole else { return nil }
    let separators = found.rowCount > 0 ? Int(found.rowEnds[0]) + 1 : found.separatorCount
    var bounds = Array(found.separators[1..<(1 + separators)])
    if found.rowCount == 0 { bounds.append(UInt32(window.end)) }
    let rowEnd = Int(bounds[bounds.count - 1])
    bounds.insert(UInt32(start) &- 1, at: 0)
    let cells = CSVCells(bytes: window.storage, bounds: bounds, quote: scan.quote)
    names = cells.texts()
    end = min(rowEnd + 1, window.end) - window.start
  }
}

/// The cells of one row as texts; the slow way.
struct CSVCells {
  let bytes: [UInt8]
  /// One more than there are cells; the last is the row's end.
  let bounds: [UInt32]
  let quote: UInt8?

  func texts() -> [String] {
    (0..<bounds.count - 1).map { index in
      let column = CellColumn(
        bounds: bounds, stride: 0, column: index, isLast: index == bounds.count - 2, quote: quote, rowCount: 1)
      let range = column.range(row: 0, in: bytes)
      return String(decoding: CSVCells.unquoted(bytes, range, quote: quote), as: UTF8.self)
    }
  }

  /// The text of a cell: without quotes around, doubled quotes once.
  static func unquoted(_ bytes: [UInt8], _ range: Range<Int>, quote: UInt8?) -> [UInt8] {
    guard let quote, let first = range.first, bytes[first] == quote else { return Array(bytes[range]) }
    var text: [UInt8] = []
    text.reserveCapacity(range.count)
    var index = first + 1
    while index < range.upperBound {
      if bytes[index] == quote {
        index += 1
        if index < range.upperBound { text.append(bytes[index]) }
      } else {
        text.append(bytes[index])
      }
      index += 1
    }
    return text
  }

  /// Whether a cell that begins with a quote ends with the one that closes it.
  static func isWellQuoted(_ bytes: [UInt8], _ range: Range<Int>, quote: UInt8?) -> Bool {
    guard let quote, let first = range.first, bytes[first] == quote else { return true }
    var index = first + 1
    while index < range.upperBound {
      if bytes[index] == quote {
        if index + 1 == range.upperBound { return true }
        guard bytes[index + 1] == quote else { return false }
        index += 1
      }
      index += 1
    }
    return false
  }
}
