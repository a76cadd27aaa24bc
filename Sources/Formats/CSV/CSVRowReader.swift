import Columns
import Diagnostics
import Memory

/// Reads the rows that begin in one split of a CSV file.
///
/// A plain file's split is loaded whole, so that what it does to quotes is known to the splits after it; its last row is completed from the bytes
/// that follow. A packed file is one split that passes through the window piece by piece.
final class CSVRowReader: RowReader {
  let source: CSVSource
  let file: CSVFile
  let split: ScanSplit
  var window: ByteWindow
  var found: Separators
  let texts: [TextColumn]
  /// Position in the window of the next row.
  private var cursor = 0
  private let stream: ByteStream
  private var isAtEnd = false
  private var batches = 0

  /// Bytes of a row at most: more means a quote that is never closed.
  private static let rowLimit = 64 << 20
  private static let pieceSize = 1 << 20
  private static let tailSize = 1 << 16

  init(_ source: CSVSource, split: ScanSplit, file: CSVFile) throws(RunFailure) {
    self.source = source
    self.split = split
    self.file = file
    window = source.buffers.takeWindow()
    found = source.buffers.takeSeparators()
    window.reset(toInputOffset: split.range.lowerBound)
    texts = source.columns.map { _ in TextColumn() }
    if file.compression == .none {
      stream = try ByteStream(file.file, .none, from: split.range.upperBound)
      try loadSplit()
    } else {
      stream = try ByteStream(file.file, file.compression, from: 0, hashes: true)
      cursor = window.start
      while !isAtEnd, window.count <= file.rowsOffset { try loadMore() }
      cursor += file.rowsOffset
    }
  }

  deinit {
    source.buffers.giveBack(window)
    source.buffers.giveBack(found)
  }

  private func loadSplit() throws(RunFailure) {
    let local = split.index - file.splits.lowerBound
    file.quotes.begin(local)
    try window.append(file.file, range: split.range)
    isAtEnd = split.range.upperBound == file.file.byteCount
    let first = window.start + (local == 0 ? file.rowsOffset : 0)
    let transition = QuoteTransition(source.scan, window, from: first, to: window.end)
    file.quotes.publish(transition, of: local)
    source.record(ContentHash(window.storage, in: window.start..<window.end), ofSplit: split.index)
    cursor = first
    guard local > 0 else { return finishLastLine() }
    var computed: RunFailure?
    var state = file.quotes.state(atStartOf: local) { other in
      do throws(RunFailure) {
        return try transitionOf(other)
      } catch {
        computed = error
        return transition
      }
    }
    if let computed { throw computed }
    while state != .rowStart, cursor < window.end {
      source.scan.run(window, from: cursor, to: window.end, state: state, rowLimit: 1, into: &found)
      if found.rowCount > 0 {
        cursor = Int(found.separators[Int(found.rowEnds[0]) + 1]) + 1
        state = .rowStart
      } else {
        state = source.scan.state(after: window, from: cursor, to: found.scannedTo, enteredIn: state)
        cursor = found.scannedTo
      }
    }
    finishLastLine()
  }

  /// Reads a split that has no reader (yet) for its quotes alone.
  private func transitionOf(_ other: Int) throws(RunFailure) -> QuoteTransition {
    let range = source.splits[file.splits.lowerBound + other].range
    var bytes = ByteWindow()
    try bytes.append(file.file, range: range)
    return QuoteTransition(
      source.scan, bytes, from: bytes.start + (other == 0 ? file.rowsOffset : 0), to: bytes.end)
  }

  /// Puts a line feed behind a last row that has none, so that all rows end alike.
  private func finishLastLine() {
    if isAtEnd, window.end > cursor, window.storage[window.end - 1] != UInt8(ascii: "\n") {
      window.append([UInt8(ascii: "\n")])
    }
  }

  private func loadMore() throws(RunFailure) {
    window.drop(before: cursor)
    cursor = window.start
    // A long row doubles what is read at a time, so that it is not scanned again for every small piece.
    let size = max(file.compression == .none ? Self.tailSize : Self.pieceSize, window.count)
    if try stream.read(upTo: size, into: &window) == 0 {
      isAtEnd = true
      if let hash = stream.hash { source.record(hash, ofSplit: split.index) }
      finishLastLine()
    } else if window.count > Self.rowLimit {
      let start = window.inputOffset(at: cursor)
      throw RunFailure(
        .rowShape, "the row at byte \(start) of '\(file.file.path)' has no end within 64 MB",
        help: "is a quote there that is never closed?")
    }
  }

  /// One line with an open quote is one bad row. Where lines follow, they would be quarantined as if they were one: nobody
  /// would see how many rows are gone, so the file is not read.
  private func failWhereLinesAreSwallowed() throws(RunFailure) {
    let lines = ByteScan.count(window.storage, in: cursor..<window.end, of: UInt8(ascii: "\n"))
    guard lines > 1 else { return }
    throw RunFailure(
      .rowShape,
      "a quote in the row at byte \(window.inputOffset(at: cursor)) of '\(file.file.path)' is never closed: it takes in all "
        + "\(lines) lines from there to the end",
      help: "close the quote in that row, or write it twice if it is part of the text")
  }

  func next() throws -> (any RowBlock)? {
    while true {
      guard window.inputOffset(at: cursor) < split.range.upperBound else { return nil }
      if cursor == window.end {
        if isAtEnd { return nil }
        try loadMore()
        continue
      }
      source.scan.run(window, from: cursor, to: window.end, rowLimit: rowsPerBlock, into: &found)
      let rows = rowsOfSplit()
      if rows > 0 {
        let block = makeBlock(rows)
        if block.count > 0 { return block }
      } else if found.scannedTo < window.end {
        found.grow()
      } else if isAtEnd {
        try failWhereLinesAreSwallowed()
        let block = CSVBlock(self, unclosedRowAt: cursor, position: nextPosition())
        cursor = window.end
        return block
      } else {
        try loadMore()
      }
    }
  }

  var bytesRead: Int {
    guard file.compression == .none else { return stream.bytesRead }
    return min(window.inputOffset(at: cursor), split.range.upperBound) - split.range.lowerBound
  }

  /// How many of the rows found belong to the split and fit into a block.
  private func rowsOfSplit() -> Int {
    var rows = min(found.rowCount, rowsPerBlock)
    let end = UInt64(split.range.upperBound) &- UInt64(window.inputOffset) &+ UInt64(window.start)
    while rows > 1, UInt64(found.separators[Int(found.rowEnds[rows - 2]) + 1]) + 1 >= end { rows -= 1 }
    return rows
  }

  private func makeBlock(_ rows: Int) -> CSVBlock {
    found.separators[0] = UInt32(cursor) &- 1
    let start = cursor
    cursor = Int(found.separators[Int(found.rowEnds[rows - 1]) + 1]) + 1
    return CSVBlock(self, rows: rows, from: start, to: cursor, position: nextPosition())
  }

  private func nextPosition() -> Batch.Position {
    defer { batches += 1 }
    return Batch.Position(split: split.index, batch: batches)
  }
}

/// What a reader remembers of a column of texts from block to block.
final class TextColumn {
  let dictionary = TextDictionary()
  var recent = RecentTexts()
  /// Whether texts are too many for a dictionary to pay.
  var isPlain = false
  var rowsSeen = 0

  static let dictionaryLimit = 65_536

  /// Looks back after a block: a dictionary that grows nearly as fast as the rows is given up.
  func review(_ rows: Int) {
    rowsSeen += rows
    let distinct = dictionary.count
    isPlain = distinct > Self.dictionaryLimit || (rowsSeen >= 4096 && distinct > rowsSeen / 2)
  }
}
