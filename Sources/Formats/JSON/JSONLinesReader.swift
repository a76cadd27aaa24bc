import Columns
import Diagnostics
import Memory

/// Reads the lines of JSON that begin in one split.
final class JSONLinesReader: RowReader {
  private let source: JSONSource
  private let split: ScanSplit
  private let path: String
  private var window: ByteWindow
  private var cursor = 0
  private let stream: ByteStream
  private let isPlain: Bool
  private var isAtEnd = false
  /// Whether all whole lines in the window are UTF-8.
  private var isUTF8 = false
  private var grid: JSONRowGrid
  private let columns: JSONColumns
  private var batches = 0
  private var members = JSONMembers()
  /// By place of a member, the field that its key led to in the line before.
  private var nodes: [Int] = []

  private static let lineLimit = 64 << 20

  init(_ source: JSONSource, split: ScanSplit, file: InputFile) throws(RunFailure) {
    self.source = source
    self.split = split
    path = file.path
    grid = JSONRowGrid(source.fields)
    columns = JSONColumns(source.readers)
    window = source.buffers.takeWindow()
    window.reset(toInputOffset: split.range.lowerBound)
    let compression = Compression(path: path)
    isPlain = compression == .none
    guard isPlain else {
      stream = try ByteStream(file, compression, from: 0, hashes: true)
      cursor = window.start
      while !isAtEnd, window.count < 3 { try loadMore() }
      skipByteOrderMark()
      return
    }
    stream = try ByteStream(file, .none, from: split.range.upperBound)
    try window.append(file, range: split.range)
    isAtEnd = split.range.upperBound == file.byteCount
    source.record(ContentHash(window.storage, in: window.start..<window.end), ofSplit: split.index)
    cursor = window.start
    if split.range.lowerBound > 0 {
      // The line that began before belongs to the split before, unless it ended just there.
      var previous: [UInt8] = [0]
      try file.readExactly(into: &previous, at: 0, range: split.range.lowerBound - 1..<split.range.lowerBound)
      if previous[0] != UInt8(ascii: "\n") {
        cursor =
          ByteScan.firstIndex(window.storage, in: cursor..<window.end, of: UInt8(ascii: "\n")).map { $0 + 1 }
          ?? window.end
      }
    } else {
      skipByteOrderMark()
    }
    finishLoading()
  }

  private func skipByteOrderMark() {
    if window.storage[cursor..<window.end].starts(with: [0xEF, 0xBB, 0xBF]) { cursor += 3 }
  }

  deinit { source.buffers.giveBack(window) }

  /// Ends a last line that has no line feed and looks at whole lines in bulk.
  private func finishLoading() {
    let newline = UInt8(ascii: "\n")
    if isAtEnd, window.end > cursor, window.storage[window.end - 1] != newline { window.append([newline]) }
    var end = window.end
    while end > cursor, window.storage[end - 1] != newline { end -= 1 }
    isUTF8 = ByteScan.firstInvalidUTF8(window.storage, in: cursor..<end) == nil
  }

  private func loadMore() throws(RunFailure) {
    window.drop(before: cursor)
    members.forget()
    cursor = window.start
    if try stream.read(upTo: max(isPlain ? 1 << 16 : 1 << 20, window.count), into: &window) == 0 {
      isAtEnd = true
      if let hash = stream.hash { source.record(hash, ofSplit: split.index) }
    } else if window.count > Self.lineLimit {
      throw RunFailure(
        .rowShape, "the line at byte \(window.inputOffset(at: cursor)) of '\(path)' has no end within 64 MB")
    }
    finishLoading()
  }

  func next() throws -> (any RowBlock)? {
    grid.removeAll()
    var failures: [CellFailure] = []
    let newline = UInt8(ascii: "\n")
    while grid.rowCount < rowsPerBlock, window.inputOffset(at: cursor) < split.range.upperBound {
      guard let end = ByteScan.firstIndex(window.storage, in: cursor..<window.end, of: newline) else {
        // The window must not move under rows that point into it.
        if grid.rowCount > 0 { break }
        if isAtEnd { break }
        try loadMore()
        continue
      }
      read(line: cursor..<end, &failures)
      cursor = end + 1
      readLinesAlike()
    }
    guard grid.rowCount > 0 else { return nil }
    defer { batches += 1 }
    return JSONBlock(
      grid, window: window, columns: columns, file: split.file, path: path,
      position: Batch.Position(split: split.index, batch: batches), failures: failures)
  }

  var bytesRead: Int {
    guard isPlain else { return stream.bytesRead }
    return min(window.inputOffset(at: cursor), split.range.upperBound) - split.range.lowerBound
  }

  /// Most lines are like the one before: they are read in bulk, unless their text is no UTF-8.
  private func readLinesAlike() {
    let left = split.range.upperBound - window.inputOffset
    let stop = left < window.count ? window.start + left : window.end
    guard source.readsInBulk, isUTF8, cursor < stop else { return }
    cursor = grid.appendAlike(&members, window, from: cursor, stop: stop, nodes)
  }

  private func read(line: Range<Int>, _ failures: inout [CellFailure]) {
    var json = JSONCursor(window.storage, line)
    guard json.peek() != nil else { return }
    let start = json.index
    if source.readsInBulk, let count = members.read(window, start..<line.upperBound),
      ByteScan.firstInvalidUTF8(window.storage, in: line) == nil
    {
      grid.append(start..<line.upperBound, members, count: count, window.storage, &nodes)
      return
    }
    members.forget()
    do throws(JSONSyntaxError) {
      try grid.append(&json, depth: 0)
      try json.finish()
      if let place = ByteScan.firstInvalidUTF8(window.storage, in: line) {
        throw JSONSyntaxError(offset: place, message: "the text is not UTF-8 here")
      }
    } catch {
      grid.replaceLastByNothing()
      failures.append(
        CellFailure(
          row: Int32(grid.rowCount - 1), column: -1, code: .jsonSyntax,
          message: "\(error.message), at byte \(error.offset - start + 1) of the line"))
    }
  }
}
