import Columns
import Diagnostics
import Memory

/// Reads the rows of one JSON document. The document is checked whole before its first row is given.
final class JSONDocumentReader: RowReader {
  private let source: JSONSource
  private let split: ScanSplit
  private let path: String
  private var window = ByteWindow()
  private var pending: [JSONRowGrid] = []
  private var grid: JSONRowGrid
  private let columns: JSONColumns
  private var given = 0
  /// A document is read whole before its first row is given.
  let bytesRead: Int

  init(_ source: JSONSource, split: ScanSplit, file: InputFile) throws(RunFailure) {
    self.source = source
    self.split = split
    path = file.path
    bytesRead = file.byteCount
    grid = JSONRowGrid(source.fields)
    columns = JSONColumns(source.readers)
    let stream = try ByteStream(file, Compression(path: path), from: 0, hashes: true)
    while try stream.read(upTo: 1 << 20, into: &window) > 0 {
      guard window.count < 2 << 30 else {
        throw RunFailure(
          .jsonSyntax, "'\(path)' is larger than 2 GB", help: "a document is held whole; lines of JSON (ndjson) are not"
        )
      }
    }
    if let hash = stream.hash { source.record(hash, ofSplit: split.index) }
    do throws(JSONSyntaxError) {
      try read()
    } catch {
      throw JSONPlace.failure(error, window, path: path)
    }
  }

  private func read() throws(JSONSyntaxError) {
    if let place = ByteScan.firstInvalidUTF8(window.storage, in: window.start..<window.end) {
      throw JSONSyntaxError(offset: place, message: "the text is not UTF-8 here")
    }
    var start = window.start
    if window.storage[start..<window.end].starts(with: [0xEF, 0xBB, 0xBF]) { start += 3 }
    var cursor = JSONCursor(window.storage, start..<window.end)
    var found = false
    try descend(&cursor, source.rowsPath[...], depth: 0, found: &found)
    try cursor.finish()
    guard found else {
      throw JSONSyntaxError(
        offset: start, message: "the document has nothing at '\(source.rowsPath.joined(separator: "."))'")
    }
    if grid.rowCount > 0 { pending.append(grid) }
  }

  /// Follows the path to the rows, passing over (and so checking) all else.
  private func descend(
    _ cursor: inout JSONCursor, _ rest: ArraySlice<String>, depth: Int, found: inout Bool
  ) throws(JSONSyntaxError) {
    guard depth < JSONCursor.depthLimit else {
      throw cursor.failure("values are nested deeper than \(JSONCursor.depthLimit) levels")
    }
    let kind = cursor.peek()
    guard let next = rest.first else {
      found = true
      guard kind == UInt8(ascii: "[") else { return try row(&cursor, depth: depth) }
      return try cursor.forEachElement(depth: depth) { (cursor, _) throws(JSONSyntaxError) in
        try row(&cursor, depth: depth + 1)
      }
    }
    if kind == UInt8(ascii: "{") {
      var isFound = found
      try cursor.forEachMember(depth: depth) { (cursor, key) throws(JSONSyntaxError) in
        if next == "*" {
          isFound = true
          try row(&cursor, depth: depth + 1, key: key)
        } else if !isFound, let text = JSONString.decoded(cursor.bytes, key), text == Array(next.utf8) {
          try descend(&cursor, rest.dropFirst(), depth: depth + 1, found: &isFound)
        } else {
          _ = try cursor.skipValue(depth: depth + 1)
        }
      }
      if next == "*" { isFound = true }
      found = isFound
    } else if kind == UInt8(ascii: "["), let wanted = Int(next) {
      var isFound = found
      try cursor.forEachElement(depth: depth) { (cursor, place) throws(JSONSyntaxError) in
        if place == wanted {
          try descend(&cursor, rest.dropFirst(), depth: depth + 1, found: &isFound)
        } else {
          _ = try cursor.skipValue(depth: depth + 1)
        }
      }
      found = isFound
    } else {
      _ = try cursor.skipValue(depth: depth)
    }
  }

  private func row(_ cursor: inout JSONCursor, depth: Int, key: Range<Int>? = nil) throws(JSONSyntaxError) {
    try grid.append(&cursor, depth: depth, key: key)
    if grid.rowCount == rowsPerBlock {
      pending.append(grid)
      grid.removeAll()
    }
  }

  func next() throws -> (any RowBlock)? {
    guard given < pending.count else { return nil }
    let position = Batch.Position(split: split.index, batch: given)
    given += 1
    return JSONBlock(
      pending[given - 1], window: window, columns: columns, file: split.file, path: path, position: position)
  }
}
