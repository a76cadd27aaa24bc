import Columns
import Diagnostics
import Memory

/// JSON documents or lines of JSON, read as one ingest.
///
/// A document (RFC 8259) is one split: its rows are the elements of the array at a path (the whole document where the path is empty; a single object
/// is one row), or with `*` at the path's end the members of the object there, whose keys are the column `_key`. Lines of JSON are cut into splits
/// like CSV; a line that is no JSON is a row that cannot be read.
public final class JSONSource: RowSource {
  public enum Layout: Sendable { case document, lines }

  public let columns: [ColumnReading]
  public let splits: [ScanSplit]
  public let byteCount: Int
  let layout: Layout
  let rowsPath: [String]
  /// Whether lines that are alike are read in bulk.
  let readsInBulk: Bool
  let fields: JSONFields
  let readers: [CellReader]
  let files: [InputFile]
  let buffers = BufferPool()
  private let splitsOfFile: [Range<Int>]
  private let firstFile: Int
  private let hashes: Guarded<[ContentHash?]>

  /// Opens the files; their content is read by readers.
  ///
  /// - Parameters:
  ///   - rows: the path to the rows, such as `data.items` or `prices.*`; for documents alone.
  ///   - firstFile: the number of the first file in origins.
  /// - Throws: `RunFailure` for a missing file or a path that cannot be read.
  public static func open(
    paths: [String], rows: String = "", layout: Layout = .document, columns: [ColumnReading], firstFile: Int = 0
  ) throws(RunFailure) -> JSONSource {
    try JSONSource(
      paths: paths, rows: rows, layout: layout, columns: columns, firstFile: firstFile, splitSize: CSVSource.splitSize)
  }

  init(
    paths: [String], rows: String, layout: Layout, columns: [ColumnReading], firstFile: Int, splitSize: Int,
    readsInBulk: Bool = true
  ) throws(RunFailure) {
    guard let rowsPath = JSONFields.path(parsing: rows) else {
      throw RunFailure(.wrongValue, "'\(rows)' is not a path to rows", help: "write it like data.items")
    }
    var files: [InputFile] = []
    var splits: [ScanSplit] = []
    var splitsOfFile: [Range<Int>] = []
    for pattern in paths {
      for path in try PathPattern.files(pattern) {
        let file = try InputFile(path: path)
        let first = splits.count
        let number = firstFile + files.count
        if layout == .document || Compression(path: path) != .none {
          splits.append(ScanSplit(index: first, file: number, range: 0..<Int.max))
        } else {
          for start in stride(from: 0, to: max(file.byteCount, 1), by: splitSize) {
            let end = min(start + splitSize, file.byteCount)
            splits.append(ScanSplit(index: splits.count, file: number, range: start..<end))
          }
        }
        splitsOfFile.append(first..<splits.count)
        files.append(file)
      }
    }
    self.columns = columns
    self.splits = splits
    self.splitsOfFile = splitsOfFile
    self.files = files
    self.layout = layout
    self.readsInBulk = readsInBulk
    self.rowsPath = rowsPath
    self.firstFile = firstFile
    fields = JSONFields(columns)
    readers = columns.map { CellReader($0) }
    byteCount = files.reduce(0) { $0 + $1.byteCount }
    hashes = Guarded([ContentHash?](repeating: nil, count: splits.count))
  }

  public func makeReader(_ split: ScanSplit) throws -> any RowReader {
    switch layout {
    case .document: try JSONDocumentReader(self, split: split, file: files[split.file - firstFile])
    case .lines: try JSONLinesReader(self, split: split, file: files[split.file - firstFile])
    }
  }

  public func record(_ hash: ContentHash, ofSplit index: Int) { hashes.withLock { $0[index] = hash } }

  public func splitHashes() -> [ContentHash?] { hashes.withLock { $0 } }

  public func inputs() -> [InputSummary] {
    let hashes = hashes.withLock { $0 }
    return zip(files, splitsOfFile).map { file, splits in
      let parts = splits.compactMap { hashes[$0] }
      return InputSummary(
        path: file.path, byteCount: file.byteCount,
        hash: parts.count == splits.count ? ContentHash(ofParts: parts) : nil)
    }
  }

  public func originalHeader(file: Int) -> [String] { ["row"] }

  public func originalRows(file: Int, at offsets: [Int]) throws -> [OriginalRow] {
    try OriginalJSONFinder(files[file - firstFile], layout: layout).rows(at: offsets)
  }
}

/// Places of JSON in messages.
enum JSONPlace {
  /// `path:line:column: message`, line and column from 1, the column in bytes.
  static func failure(_ error: JSONSyntaxError, _ window: ByteWindow, path: String) -> RunFailure {
    let (line, column) = lineAndColumn(of: error.offset, in: window.storage, from: window.start)
    return RunFailure(.jsonSyntax, "\(path):\(line):\(column): \(error.message)")
  }

  static func lineAndColumn(of offset: Int, in bytes: [UInt8], from start: Int) -> (line: Int, column: Int) {
    let before = bytes[start..<max(start, min(offset, bytes.count))]
    let line = 1 + before.reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
    let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? start
    return (line, offset - lineStart + 1)
  }
}
