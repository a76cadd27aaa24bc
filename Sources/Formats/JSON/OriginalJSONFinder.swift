import Columns
import Diagnostics
import Memory

/// Reads rows of JSON again, by where they begin: what the quarantine shows. A row has one cell, its text.
struct OriginalJSONFinder {
  private let file: InputFile
  private let layout: JSONSource.Layout
  private static let newline = UInt8(ascii: "\n")

  init(_ file: InputFile, layout: JSONSource.Layout) {
    self.file = file
    self.layout = layout
  }

  /// One pass over the file up to the last of the offsets; lines are counted on the way.
  func rows(at offsets: [Int]) throws(RunFailure) -> [OriginalRow] {
    let order = offsets.indices.sorted { offsets[$0] < offsets[$1] }
    var result = [OriginalRow](repeating: OriginalRow(line: 0, cells: []), count: offsets.count)
    let stream = try ByteStream(file, Compression(path: file.path), from: 0)
    var window = ByteWindow(capacity: 1 << 20)
    var line = 1
    var passed = window.start
    var isAtEnd = false
    for index in order {
      while !isAtEnd, window.inputOffset(at: window.end) <= offsets[index] {
        line += ByteScan.count(window.storage, in: passed..<window.end, of: Self.newline)
        window.drop(before: window.end)
        passed = window.start
        isAtEnd = try stream.read(upTo: 1 << 20, into: &window) == 0
      }
      let start = window.start + offsets[index] - window.inputOffset
      guard start >= passed, start <= window.end else { continue }
      line += ByteScan.count(window.storage, in: passed..<start, of: Self.newline)
      passed = start
      var end = end(of: window, from: passed, isAtEnd: isAtEnd)
      while end == nil {
        window.drop(before: passed)
        passed = window.start
        isAtEnd = try stream.read(upTo: max(1 << 20, window.count), into: &window) == 0
        end = self.end(of: window, from: passed, isAtEnd: isAtEnd)
      }
      let text = String(decoding: window.storage[passed..<(end ?? passed)], as: UTF8.self)
      result[index] = OriginalRow(line: line, cells: [text])
    }
    return result
  }

  /// Where the row that begins at a position ends; nil where the window does not hold all of it.
  private func end(of window: borrowing ByteWindow, from start: Int, isAtEnd: Bool) -> Int? {
    switch layout {
    case .lines:
      return ByteScan.firstIndex(window.storage, in: start..<window.end, of: Self.newline)
        ?? (isAtEnd ? window.end : nil)
    case .document:
      var cursor = JSONCursor(window.storage, start..<window.end)
      // A number at the window's end may go on behind it.
      if let value = try? cursor.skipValue(), isAtEnd || value.upperBound < window.end { return value.upperBound }
      return isAtEnd ? start : nil
    }
  }
}
