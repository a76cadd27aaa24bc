import Columns
import Diagnostics
import Memory
import Planning

/// `type: lua`: files that a plugin's source reads; the host opens them.
enum ScriptSourceDefinition: SourceDefinition {
  static let name = "lua"
  static let summary = "Files that a plugin's source turns into rows; .gz and .zst are unpacked before."
  static let example = "statement: { type: lua, use: bank.statement, path: data/*.sta }"

  static func plan(_ ingest: NamedNode, _ context: inout PlanningContext) -> PlannedSource? {
    var reader = SpecReader(ingest.node, subject: "ingest '\(ingest.name)'")
    _ = reader.node("type")
    let use = reader.requiredText("use")
    let onError = reader.choice("on_error", default: BadRowPolicy.quarantine)
    if reader.node("path") == nil { _ = reader.requiredNode("path") }
    let texts = reader.texts("path")
    if let columns = reader.node("columns") {
      reader.bag.report(
        .unknownKey, "the columns of ingest '\(ingest.name)' are those that its source declares", at: columns.span,
        help: "drop 'columns'; 'select' in a stage keeps some of them")
    }
    context.bag.report(contentsOf: reader.finish().diagnostics)
    let paths = texts.compactMap { context.inputPath($0) }
    guard let use else { return nil }
    guard let source = context.plugins.sources[use.text] else {
      report(use, &context)
      return nil
    }
    guard paths.count == texts.count, !paths.isEmpty else { return nil }
    return PlannedSource(
      name: ingest.name, span: ingest.nameSpan, schema: Schema(source.columns), onError: onError, isStrict: false,
      location: paths.joined(separator: ", ")
    ) { firstFile in
      try ScriptSource(source.script, paths: paths, firstFile: firstFile)
    }
  }

  private static func report(_ use: LocatedText, _ context: inout PlanningContext) {
    if context.plugins.isUnreadable(use.text) { return }
    let names = context.plugins.sources.keys.sorted()
    context.bag.report(
      .unknownRule, "no source '\(use.text)'", at: use.span,
      help: suggestion(for: use.text, among: names)
        ?? (names.isEmpty
          ? "no plugin of this pipeline has sources" : "sources are \(names.joined(separator: ", "))"))
  }
}

/// Files that a script reads, each of them whole: a split is a file.
final class ScriptSource: RowSource {
  let splits: [ScanSplit]
  let byteCount: Int
  private let script: any SourceScript
  private let files: [InputFile]
  private let firstFile: Int
  private let hashes: Guarded<[ContentHash?]>

  init(_ script: any SourceScript, paths: [String], firstFile: Int) throws(RunFailure) {
    var files: [InputFile] = []
    for pattern in paths {
      for path in try PathPattern.files(pattern) { files.append(try InputFile(path: path)) }
    }
    self.script = script
    self.files = files
    self.firstFile = firstFile
    splits = files.indices.map { ScanSplit(index: $0, file: firstFile + $0, range: 0..<Int.max) }
    byteCount = files.reduce(0) { $0 + $1.byteCount }
    hashes = Guarded([ContentHash?](repeating: nil, count: files.count))
  }

  func makeReader(_ split: ScanSplit) throws -> any RowReader {
    let file = files[split.file - firstFile]
    let stream = try ByteStream(file, Compression(path: file.path), from: 0, hashes: true)
    let pieces = StreamPieces(stream)
    let reader = try script.open(name: file.path.nameOfPath, path: file.path) { try pieces.next() }
    return Reader(self, split, pieces, reader)
  }

  func record(_ hash: ContentHash, ofSplit index: Int) { hashes.withLock { $0[index] = hash } }

  func splitHashes() -> [ContentHash?] { hashes.withLock { $0 } }

  func inputs() -> [InputSummary] {
    let hashes = hashes.withLock { $0 }
    return zip(files, hashes).map { InputSummary(path: $0.path, byteCount: $0.byteCount, hash: $1) }
  }

  func originalHeader(file: Int) -> [String] { ["row"] }

  /// A row's original is the line that begins where it was read, cut where it is long.
  func originalRows(file: Int, at offsets: [Int]) throws -> [OriginalRow] {
    let input = files[file - firstFile]
    var window = ByteWindow()
    let stream = try ByteStream(input, Compression(path: input.path), from: 0)
    var rows = [OriginalRow](repeating: OriginalRow(line: 0, cells: []), count: offsets.count)
    var (line, passed) = (1, 0)
    for index in offsets.indices.sorted(by: { offsets[$0] < offsets[$1] }) {
      let offset = offsets[index]
      while window.inputOffset(at: window.end) < offset + Self.longestOriginal,
        try stream.read(upTo: 1 << 20, into: &window) > 0
      {
        let keep = window.start + max(0, min(passed, offset) - window.inputOffset)
        if window.count > 1 << 22, keep > window.start { window.drop(before: min(keep, window.end)) }
        line += lines(window, from: passed, to: min(offset, window.inputOffset(at: window.end)))
        passed = max(passed, min(offset, window.inputOffset(at: window.end)))
      }
      line += lines(window, from: passed, to: offset)
      passed = max(passed, offset)
      let start = min(window.start + max(0, offset - window.inputOffset), window.end)
      let bytes = window.storage[start..<min(start + Self.longestOriginal, window.end)]
      let end = bytes.firstIndex { $0 == UInt8(ascii: "\n") } ?? bytes.endIndex
      var text = String(decoding: bytes[..<end], as: UTF8.self)
      if text.last == "\r" { text.removeLast() }
      rows[index] = OriginalRow(line: line, cells: [text])
    }
    return rows
  }

  private static let longestOriginal = 1 << 12

  /// Line ends between two places of the input, as far as the window has them.
  private func lines(_ window: borrowing ByteWindow, from: Int, to: Int) -> Int {
    let start = window.start + max(0, from - window.inputOffset)
    let end = min(window.start + max(0, to - window.inputOffset), window.end)
    return start < end ? ByteScan.count(window.storage, in: start..<end, of: UInt8(ascii: "\n")) : 0
  }

  private final class Reader: RowReader {
    private let source: ScriptSource
    private let split: ScanSplit
    private let pieces: StreamPieces
    private let script: any SourceScriptReader
    private var batches = 0

    init(_ source: ScriptSource, _ split: ScanSplit, _ pieces: StreamPieces, _ script: any SourceScriptReader) {
      self.source = source
      self.split = split
      self.pieces = pieces
      self.script = script
    }

    func next() throws -> (any RowBlock)? {
      let position = Batch.Position(split: split.index, batch: 0).key(ofRow: 0)
      guard let rows = try RunLog.$position.withValue(position, operation: { try script.next() }) else {
        // What the script did not want is read for the hash alone.
        while try !pieces.next().isEmpty {}
        if let hash = pieces.stream.hash { source.record(hash, ofSplit: split.index) }
        return nil
      }
      defer { batches += 1 }
      return Block(rows, file: split.file, position: Batch.Position(split: split.index, batch: batches))
    }
  }

  /// The rows, then those that were refused.
  private final class Block: RowBlock {
    private let rows: SourceScriptRows
    private let file: Int
    let position: Batch.Position

    init(_ rows: SourceScriptRows, file: Int, position: Batch.Position) {
      self.rows = rows
      self.file = file
      self.position = position
    }

    var count: Int { rows.count + rows.refused.count }

    var structuralFailures: [CellFailure] {
      rows.refused.enumerated().map { index, refused in
        CellFailure(row: Int32(rows.count + index), column: -1, code: refused.code, message: refused.message)
      }
    }

    var usableRows: [Int32]? { rows.refused.isEmpty ? nil : (0..<Int32(rows.count)).map { $0 } }

    func column(_ index: Int, rows wanted: [Int32]?) -> (column: Column, failures: [CellFailure]) {
      (wanted.map { rows.columns[index].gathered($0) } ?? rows.columns[index], [])
    }

    func origins(rows wanted: [Int32]?) -> [RowOrigin] {
      (wanted ?? (0..<Int32(count)).map { $0 }).map { row in
        let index = Int(row)
        let start = index < rows.count ? rows.starts[index] : rows.refused[index - rows.count].start
        return RowOrigin(file: file, byte: start)
      }
    }
  }
}
