import Diagnostics
import Memory

/// An ingest that is open: which rows it has, cut into splits that any worker can read.
public protocol RowSource: Sendable {
  /// In the order of the rows.
  var splits: [ScanSplit] { get }
  /// Bytes of all files, as they are stored.
  var byteCount: Int { get }
  /// A reader of one split's rows. Splits are best claimed in ascending order: a split's first row depends on the
  /// quotes before it.
  func makeReader(_ split: ScanSplit) throws -> any RowReader
  /// The hash of each split that was read and has one.
  func splitHashes() -> [ContentHash?]
  /// Notes the hash of a split that another process has read.
  func record(_ hash: ContentHash, ofSplit index: Int)
  /// What was read, once all splits were.
  func inputs() -> [InputSummary]
  /// The original cells of the columns in the header of a file.
  func originalHeader(file: Int) -> [String]
  /// The rows that begin at byte offsets of a file, with their lines (from 1), in the order of the offsets given.
  func originalRows(file: Int, at offsets: [Int]) throws -> [OriginalRow]
}

/// A part of an input that one worker reads.
public struct ScanSplit: Hashable, Sendable {
  /// The number of the split within its source: the first part of its batches' positions.
  public var index: Int
  /// The number of the file, as origins carry it.
  public var file: Int
  /// Rows that begin in this range of (decompressed) bytes belong to the split.
  public var range: Range<Int>

  public init(index: Int, file: Int, range: Range<Int>) {
    self.index = index
    self.file = file
    self.range = range
  }
}

/// A file as the manifest names it.
public struct InputSummary: Hashable, Sendable {
  public var path: String
  public var byteCount: Int
  /// See `ContentHash`; nil where not all of the file was read.
  public var hash: ContentHash?

  public init(path: String, byteCount: Int, hash: ContentHash?) {
    self.path = path
    self.byteCount = byteCount
    self.hash = hash
  }
}

/// A row as its file has it, for the quarantine.
public struct OriginalRow: Hashable, Sendable {
  public var line: Int
  public var cells: [String]

  public init(line: Int, cells: [String]) {
    self.line = line
    self.cells = cells
  }
}

/// Reads the rows of a split in order. Not for use by two threads at once.
public protocol RowReader: AnyObject {
  /// The next rows, nil after the last. A block is good until the reader is asked for the next one.
  func next() throws -> (any RowBlock)?
  /// Bytes of the split that are done with, as they are stored; for showing how far a run is.
  var bytesRead: Int { get }
}

extension RowReader {
  public var bytesRead: Int { 0 }
}

/// At most 4,096 consecutive rows whose structure is known; cells are read when a column is asked for.
public protocol RowBlock: AnyObject {
  /// All rows, those of bad structure included.
  var count: Int { get }
  var position: Batch.Position { get }
  /// Rows that cannot be read at all: ragged, with malformed quotes, no UTF-8. Their `row` is a row of the block.
  var structuralFailures: [CellFailure] { get }
  /// The rows that can be read, ascending; nil where all can.
  var usableRows: [Int32]? { get }
  /// A column over the given usable rows (ascending; nil for all rows), with a slot for each and the cells that could
  /// not be read.
  func column(_ index: Int, rows: [Int32]?) -> (column: Column, failures: [CellFailure])
  /// Where the rows begin.
  func origins(rows: [Int32]?) -> [RowOrigin]
}

/// A cell, or a whole row, that could not be read.
public struct CellFailure: Hashable, Sendable {
  /// Index into the rows that were asked for; for structural failures, the row of the block.
  public var row: Int32
  /// Index of the column; -1 for the whole row.
  public var column: Int
  public var code: DiagnosticCode
  /// One sentence without a full stop: `'12.345' has 3 decimals where rate has 2`.
  public var message: String

  public init(row: Int32, column: Int, code: DiagnosticCode, message: String) {
    self.row = row
    self.column = column
    self.code = code
    self.message = message
  }
}

/// Rows of a block at most.
public let rowsPerBlock = 4096

extension RowSource {
  public func splitHashes() -> [ContentHash?] { [] }
  public func record(_ hash: ContentHash, ofSplit index: Int) {}
}
