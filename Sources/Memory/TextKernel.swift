import CScan

/// Texts of up to 16 bytes that came lately, with their numbers: spares most cells of a column with few distinct texts the way through the interner.
///
/// Direct mapped. An entry holds the whole text, so a hit is exact.
public struct RecentTexts: Sendable {
  fileprivate var entries = [weir_recent](repeating: weir_recent(), count: 1 << Int(WEIR_RECENT_BITS))

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
    let count = rows?.count ?? cells.rowCount
    var parsed = ParsedCells(values: [UInt32](), missing: [], undecided: [])
    guard count > 0 else { return parsed }
    if let rows { precondition(rows.allSatisfy { $0 >= 0 && $0 < cells.rowCount }) }
    parsed.values = [UInt32](repeating: 0, count: count)
    // Ever more at a time: what the first rows bring is known to those after them.
    var (start, size) = (0, 64)
    while start < count {
      let range = start..<min(start + size, count)
      let others = recentCodes(window, cells, rows: rows, range, recent, into: &parsed.values)
      for index in others { read(index, window, cells, rows, emptyIsMissing, in: &texts, &recent, into: &parsed) }
      start = range.upperBound
      size *= 4
    }
    return parsed
  }

  /// Reads a text that did not come lately.
  private static func read(
    _ index: Int, _ window: borrowing ByteWindow, _ cells: CellColumn, _ rows: [Int32]?, _ emptyIsMissing: Bool,
    in texts: inout TextInterner, _ recent: inout RecentTexts, into parsed: inout ParsedCells<UInt32>
  ) {
    let bytes = window.storage.span
    let cell = CellShape(cells, row: rows.map { Int($0[index]) } ?? index, bytes)
    precondition(cell.start >= ByteWindow.padding && cell.start <= cell.end && cell.end <= window.end)
    if cell.start == cell.end, !cell.isQuoted, emptyIsMissing {
      parsed.missing.append(Int32(index))
    } else if cell.isQuoted, cells.hasEscapes(bytes, cell) {
      parsed.undecided.append(Int32(index))
    } else {
      let number = UInt32(texts.intern(bytes.extracting(cell.start..<cell.end)))
      parsed.values[index] = number
      recent.note(window, cell, number)
    }
  }

  /// The numbers of the texts that came lately; the indices of the others are returned.
  private static func recentCodes(
    _ window: borrowing ByteWindow, _ cells: CellColumn, rows: [Int32]?, _ range: Range<Int>, _ recent: RecentTexts,
    into codes: inout [UInt32]
  ) -> [Int] {
    precondition(cells.fits && range.upperBound <= codes.count && range.upperBound <= rows?.count ?? cells.rowCount)
    return unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: range.count) { others in
      let found = unsafe window.storage.withUnsafeBufferPointer { bytes in
        unsafe cells.bounds.withUnsafeBufferPointer { bounds in
          unsafe (rows ?? []).withUnsafeBufferPointer { chosen in
            unsafe recent.entries.withUnsafeBufferPointer { entries in
              unsafe codes.withUnsafeMutableBufferPointer { codes in
                let skipped = rows == nil ? range.lowerBound * cells.stride : 0
                var all = unsafe weir_cells(
                  bytes: bytes.baseAddress!, bounds: bounds.baseAddress! + cells.column + skipped, stride: cells.stride,
                  rows: rows == nil ? nil : chosen.baseAddress! + range.lowerBound, count: range.count,
                  first: UInt32(ByteWindow.padding), limit: UInt32(window.end))
                return unsafe weir_cells_recent(
                  &all, cells.quote.map(UInt32.init) ?? 256, cells.escape.map(UInt32.init) ?? 256,
                  cells.isLast ? 1 : 0, entries.baseAddress!, codes.baseAddress! + range.lowerBound,
                  others.baseAddress!, CInt(WEIR_BEST.rawValue))
              }
            }
          }
        }
      }
      precondition(found <= range.count, "a cell lies outside its block")
      return (0..<found).map { unsafe range.lowerBound + Int(others[$0]) }
    }
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

extension RecentTexts {
  /// Puts a short text in the place of the one that stands there.
  fileprivate mutating func note(_ window: borrowing ByteWindow, _ cell: CellShape, _ number: UInt32) {
    let length = cell.end - cell.start
    guard length > 0, length <= 16 else { return }
    var (low, high): (UInt64, UInt64) = (0, 0)
    for place in 0..<length {
      let byte = UInt64(window.storage[cell.end - 1 - place])
      if place < 8 {
        low = low | byte << UInt64(8 * (min(length, 8) - 1 - place))
      } else {
        high |= byte << UInt64(8 * (length - 1 - place))
      }
    }
    entries[Int(weir_recent_slot(low, high))] = weir_recent(
      low: low, high: high, length: UInt32(length), number: number)
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
