/// Texts of up to 16 bytes that came lately, with their numbers: spares most cells of a column with few distinct texts the way through the interner.
///
/// Direct mapped. An entry holds the whole text, so a hit is exact.
public struct RecentTexts: Sendable {
  fileprivate struct Entry: Sendable {
    var low: UInt64 = 0
    var high: UInt64 = 0
    /// 255 where the entry is free.
    var length: UInt32 = 255
    var number: UInt32 = 0
  }

  fileprivate static let size = 1024
  fileprivate var entries = [Entry](repeating: Entry(), count: size)

  public init() {}
}

extension CellKernels {
  /// Numbers of texts in `texts`. Quoted cells that hold a doubled quote or an escape are undecided.
  ///
  /// - Parameter emptyIsMissing: whether an empty cell without quotes is missing; else it is the empty text.
  public static func codes(
    _ window: borrowing ByteWindow, _ cells: CellColumn, rows: [Int32]?, emptyIsMissing: Bool,
    in texts: inout TextInterner, recent: inout RecentTexts
  ) -> ParsedCells<UInt32> {
    var missing: [Int32] = []
    var undecided: [Int32] = []
    let count = rows?.count ?? cells.rowCount
    if let rows { precondition(rows.allSatisfy { $0 >= 0 && $0 < cells.rowCount }) }
    var codes = [UInt32](repeating: 0, count: count)
    let bytes = window.storage.span
    let limit = window.end
    unsafe window.storage.withUnsafeBufferPointer { base in
      unsafe recent.entries.withUnsafeMutableBufferPointer { entries in
        for index in 0..<count {
          let cell = CellShape(cells, row: rows.map { Int($0[index]) } ?? index, bytes)
          precondition(cell.start >= ByteWindow.padding && cell.start <= cell.end && cell.end <= limit)
          let length = cell.end &- cell.start
          if length == 0, !cell.isQuoted, emptyIsMissing {
            missing.append(Int32(index))
            continue
          }
          if cell.isQuoted, cells.hasEscapes(bytes, cell) {
            undecided.append(Int32(index))
            continue
          }
          if length > 16 {
            codes[index] = UInt32(texts.intern(bytes.extracting(cell.start..<cell.end)))
            continue
          }
          let (low, high) = unsafe Self.words(base.baseAddress! + cell.end, length)
          let slot = Int(truncatingIfNeeded: ((low ^ high &* 31) &* 0x9E37_79B9_7F4A_7C15) >> 54)
          let entry = unsafe entries[slot]
          if entry.low == low, entry.high == high, entry.length == UInt32(length) {
            codes[index] = entry.number
          } else {
            let number = UInt32(texts.intern(bytes.extracting(cell.start..<cell.end)))
            codes[index] = number
            unsafe entries[slot] = RecentTexts.Entry(low: low, high: high, length: UInt32(length), number: number)
          }
        }
      }
    }
    return ParsedCells(values: codes, missing: missing, undecided: undecided)
  }

  /// The last 16 bytes before `end`, those before the cell cleared.
  @inline(__always)
  private static func words(_ end: UnsafePointer<UInt8>, _ length: Int) -> (UInt64, UInt64) {
    let short = min(length, 8)
    let low = short == 0 ? 0 : unsafe EightBytes.load(end - 8) >> UInt64(64 - short * 8)
    let long = length - short
    let high = long == 0 ? 0 : unsafe EightBytes.load(end - 16) >> UInt64(64 - long * 8)
    return (low, high)
  }

  /// The texts themselves, one after the other: row `n` ends at `ends[n]`. Quoted cells that hold a doubled quote or an escape are undecided.
  public static func texts(
    _ window: borrowing ByteWindow, _ cells: CellColumn, rows: [Int32]?, emptyIsMissing: Bool
  ) -> (ends: [Int], bytes: [UInt8], missing: [Int32], undecided: [Int32]) {
    var missing: [Int32] = []
    var undecided: [Int32] = []
    let count = rows?.count ?? cells.rowCount
    if let rows { precondition(rows.allSatisfy { $0 >= 0 && $0 < cells.rowCount }) }
    var ends: [Int] = []
    ends.reserveCapacity(count)
    var output: [UInt8] = []
    let bytes = window.storage.span
    for index in 0..<count {
      let cell = CellShape(cells, row: rows.map { Int($0[index]) } ?? index, bytes)
      if cell.start == cell.end, !cell.isQuoted, emptyIsMissing {
        missing.append(Int32(index))
      } else if cell.isQuoted, cells.hasEscapes(bytes, cell) {
        undecided.append(Int32(index))
      } else {
        output.append(contentsOf: window.storage[cell.start..<cell.end])
      }
      ends.append(output.count)
    }
    return (ends, output, missing, undecided)
  }
}

/// The inside of a cell and whether quotes stood around it.
struct CellShape {
  var start: Int
  var end: Int
  var isQuoted = false

  @inline(__always)
  init(_ cells: CellColumn, row: Int, _ bytes: Span<UInt8>) {
    let at = row &* cells.stride &+ cells.column
    start = Int(cells.bounds[at] &+ 1)
    end = Int(cells.bounds[at &+ 1])
    if cells.isLast, end > start, bytes[end &- 1] == UInt8(ascii: "\r") { end &-= 1 }
    if let quote = cells.quote, end > start, bytes[start] == quote {
      isQuoted = true
      start &+= 1
      end = max(end &- 1, start)
    }
  }
}

extension CellColumn {
  /// Whether the inside of a quoted cell is not its text as it stands.
  @inline(__always)
  func hasEscapes(_ bytes: Span<UInt8>, _ cell: CellShape) -> Bool {
    if let quote, ByteScan.contains(bytes, cell.start, cell.end, quote) { return true }
    if let escape { return ByteScan.contains(bytes, cell.start, cell.end, escape) }
    return false
  }
}

extension ByteScan {
  /// For short ranges.
  @inline(__always)
  static func contains(_ bytes: Span<UInt8>, _ start: Int, _ end: Int, _ byte: UInt8) -> Bool {
    for index in start..<end where bytes[index] == byte { return true }
    return false
  }
}
