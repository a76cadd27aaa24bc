import Columns
import Diagnostics
import Memory

/// Files of delimited text, read as one ingest: headers matched by name, plain files cut into splits, `.gz` and `.zst` read as they are.
public final class CSVSource: RowSource {
  public let columns: [ColumnReading]
  public let splits: [ScanSplit]
  public let byteCount: Int
  let options: CSVOptions
  let files: [CSVFile]
  let cellReaders: [CellReader]
  let scan: SeparatorScan
  let buffers = BufferPool()
  private let firstFile: Int
  private let hashes: Guarded<[ContentHash?]>

  /// Bytes of a split. Part of the meaning of hashes and positions, so the same on every machine.
  public static let splitSize = 4 << 20

  /// Opens the files and reads their headers.
  ///
  /// - Parameters:
  ///   - paths: in the order of the rows; globs are expanded in the order of bytes.
  ///   - firstFile: the number of the first file in origins.
  /// - Throws: `RunFailure`: a missing file, a header without a declared column or with one name twice.
  public static func open(
    paths: [String], options: CSVOptions = CSVOptions(), columns: [ColumnReading], firstFile: Int = 0
  ) throws(RunFailure) -> CSVSource {
    try CSVSource(paths: paths, options: options, columns: columns, firstFile: firstFile, splitSize: splitSize)
  }

  /// - Parameter splitSize: another size, for tests of what lies across borders.
  init(
    paths: [String], options: CSVOptions, columns: [ColumnReading], firstFile: Int, splitSize: Int,
    implementation: SeparatorScan.Implementation = .best
  ) throws(RunFailure) {
    scan = SeparatorScan(delimiter: options.delimiter, quote: options.quote, implementation: implementation)
    var files: [CSVFile] = []
    var splits: [ScanSplit] = []
    for pattern in paths {
      for path in try PathPattern.files(pattern) {
        let file = try Self.describe(
          path, options: options, columns: columns, scan: scan, number: firstFile + files.count,
          firstSplit: splits.count, splitSize: splitSize)
        for index in file.splits {
          let start = (index - file.splits.lowerBound) * splitSize
          let end = file.compression == .none ? min(start + splitSize, file.file.byteCount) : Int.max
          splits.append(ScanSplit(index: index, file: file.number, range: start..<end))
        }
        files.append(file)
      }
    }
    self.options = options
    self.columns = columns
    self.files = files
    self.splits = splits
    self.firstFile = firstFile
    byteCount = files.reduce(0) { $0 + $1.file.byteCount }
    cellReaders = columns.map { CellReader($0) }
    hashes = Guarded([ContentHash?](repeating: nil, count: splits.count))
  }

  private static func describe(
    _ path: String, options: CSVOptions, columns: [ColumnReading], scan: SeparatorScan, number: Int, firstSplit: Int,
    splitSize: Int
  ) throws(RunFailure) -> CSVFile {
    let file = try InputFile(path: path)
    let compression = Compression(path: path)
    let header: [String]
    var rowsOffset = 0
    switch options.header {
    case .none(let names): header = names
    case .present:
      let read = try readHeader(file, compression, scan)
      header = read.names
      rowsOffset = read.end
    }
    let places = try HeaderMatching(path: path, header: header, options: options).places(of: columns)
    let count = compression == .none ? max(1, (file.byteCount + splitSize - 1) / splitSize) : 1
    return CSVFile(
      file: file, compression: compression, number: number, header: header, rowsOffset: rowsOffset, places: places,
      splits: firstSplit..<firstSplit + count, quotes: QuoteChain(splitCount: count))
  }

  private static func readHeader(
    _ file: InputFile, _ compression: Compression, _ scan: SeparatorScan
  ) throws(RunFailure) -> CSVHeader {
    var window = ByteWindow(capacity: 1 << 16)
    let stream = try ByteStream(file, compression, from: 0)
    while window.count < CSVFile.headerLimit {
      let isWhole = try stream.read(upTo: 1 << 14, into: &window) == 0
      if let header = CSVHeader(window, scan: scan, isWhole: isWhole) {
        guard !header.names.isEmpty else { throw RunFailure(.badHeader, "'\(file.path)' is empty: it has no header") }
        return header
      }
    }
    throw RunFailure(
      .badHeader, "the header of '\(file.path)' does not end within its first megabyte",
      help: "is a quote open, or is this another kind of file?")
  }

  public func makeReader(_ split: ScanSplit) throws -> any RowReader {
    try CSVRowReader(self, split: split, file: files[split.file - firstFile])
  }

  public func record(_ hash: ContentHash, ofSplit index: Int) { hashes.withLock { $0[index] = hash } }

  public func splitHashes() -> [ContentHash?] { hashes.withLock { $0 } }

  public func inputs() -> [InputSummary] {
    let hashes = hashes.withLock { $0 }
    return files.map { file in
      let parts = file.splits.compactMap { hashes[$0] }
      return InputSummary(
        path: file.file.path, byteCount: file.file.byteCount,
        hash: parts.count == file.splits.count ? ContentHash(ofParts: parts) : nil)
    }
  }

  public func originalHeader(file: Int) -> [String] { files[file - firstFile].header }

  public func originalRows(file: Int, at offsets: [Int]) throws -> [OriginalRow] {
    try OriginalRowFinder(files[file - firstFile], scan: scan).rows(at: offsets)
  }
}
