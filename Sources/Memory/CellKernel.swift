import CScan

/// Which cells of a block of text a kernel reads: one column of a grid.
///
/// Cell `column` of row `r` is `bounds[r * stride + column] + 1 ..< bounds[r * stride + column + 1]` (32-bit arithmetic that wraps, so the cell at
/// position 0 has a bound before it).
public struct CellColumn: Sendable {
  public var bounds: [UInt32]
  public var stride: Int
  public var column: Int
  /// Whether a carriage return at the end of a cell belongs to the row's end.
  public var isLast: Bool
  /// The quote, where the block has any.
  public var quote: UInt8?
  /// A character that makes the text of a quoted cell differ from its bytes, besides the quote.
  public var escape: UInt8?
  /// Rows of the block.
  public var rowCount: Int

  public init(bounds: [UInt32], stride: Int, column: Int, isLast: Bool, quote: UInt8?, rowCount: Int) {
    self.bounds = bounds
    self.stride = stride
    self.column = column
    self.isLast = isLast
    self.quote = quote
    self.rowCount = rowCount
    precondition(fits)
  }

  /// Whether every row's cell has its bounds.
  var fits: Bool { rowCount == 0 || (rowCount - 1) * stride + column + 1 < bounds.count }

  /// Where the cell of a row lies, quotes and all.
  public func range(row: Int, in bytes: [UInt8]) -> Range<Int> {
    let at = row * stride + column
    let start = Int(bounds[at] &+ 1)
    var end = Int(bounds[at + 1])
    if isLast, end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return start..<end
  }
}

/// What a kernel made of a column: a value for every row that was asked for, and which rows it left to slower readers.
public struct ParsedCells<Value: Sendable>: Sendable {
  /// Zero where the row is in `missing` or `undecided`.
  public var values: [Value]
  /// Indices of rows whose cell is empty.
  public var missing: [Int32]
  /// Indices of rows whose cell is not of the common form.
  public var undecided: [Int32]

  public init(values: [Value], missing: [Int32], undecided: [Int32]) {
    self.values = values
    self.missing = missing
    self.undecided = undecided
  }
}

/// Reads one cell in its most common form. Implemented in this target alone, so that the loop is compiled with it.
protocol CellKernel {
  associatedtype Value: Sendable
  static var zero: Value { get }
  /// nil where the cell (1 byte or more, quotes taken off) has another form; 16 bytes before `start` may be loaded.
  func parse(_ start: UnsafePointer<UInt8>, _ length: Int) -> Value?
  /// Reads the cells that are written most plainly many at a time, and lists the rest. 0 where a cell lies outside its
  /// bytes; nil where cells are read one by one alone.
  func readPlain(
    _ cells: inout weir_cells, _ output: UnsafeMutablePointer<Value>, _ unread: inout weir_unread
  ) -> CInt?
}

extension CellKernel {
  func readPlain(
    _ cells: inout weir_cells, _ output: UnsafeMutablePointer<Value>, _ unread: inout weir_unread
  ) -> CInt? { nil }

  /// Runs over the column. `rows` are rows of the block, nil for all; indices in the result count along `rows`.
  @inline(__always)
  func run(_ storage: [UInt8], _ cells: CellColumn, rows: [Int32]?) -> ParsedCells<Value> {
    let count = rows?.count ?? cells.rowCount
    if let rows { precondition(rows.allSatisfy { $0 >= 0 && $0 < cells.rowCount }) }
    precondition(cells.fits && storage.count >= 2 * ByteWindow.padding)
    var others = OtherCells()
    let values = unsafe [Value](unsafeUninitializedCapacity: count) { output, initialized in
      unsafe storage.withUnsafeBufferPointer { bytes in
        unsafe cells.bounds.withUnsafeBufferPointer { bounds in
          unsafe (rows ?? []).withUnsafeBufferPointer { chosen in
            guard count > 0 else { return }
            let text = unsafe KernelText(
              base: bytes.baseAddress!, limit: UInt32(bytes.count - ByteWindow.padding),
              bounds: bounds.baseAddress! + cells.column, stride: cells.stride,
              rows: rows == nil ? nil : chosen.baseAddress!, quote: UInt16(cells.quote.map(UInt16.init) ?? 256),
              isLast: cells.isLast)
            unsafe run(text, count, output.baseAddress!, &others)
          }
        }
      }
      initialized = count
    }
    return ParsedCells(values: values, missing: others.missing, undecided: others.undecided)
  }

  @inline(__always)
  private func run(
    _ text: KernelText, _ count: Int, _ output: UnsafeMutablePointer<Value>, _ others: inout OtherCells
  ) {
    var plain = unsafe weir_cells(
      bytes: text.base, bounds: text.bounds, stride: text.stride, rows: text.rows, count: count,
      first: UInt32(ByteWindow.padding), limit: text.limit)
    let isDone = unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 2 * count) { room in
      var unread = unsafe weir_unread(
        empty: room.baseAddress!, empty_count: 0, others: room.baseAddress! + count, other_count: 0)
      guard let isWhole = unsafe readPlain(&plain, output, &unread) else { return false }
      precondition(isWhole != 0, "a cell lies outside its block")
      others.missing = unsafe [Int32](unsafeUninitializedCapacity: unread.empty_count) { list, listCount in
        for place in 0..<(unsafe unread.empty_count) {
          unsafe (list.baseAddress! + place).initialize(to: Int32(bitPattern: unread.empty[place]))
        }
        unsafe listCount = unread.empty_count
      }
      for place in 0..<(unsafe unread.other_count) { unsafe read(Int(unread.others[place]), text, output, &others) }
      return true
    }
    if !isDone { for index in 0..<count { unsafe read(index, text, output, &others) } }
  }

  @inline(__always)
  private func read(
    _ index: Int, _ text: KernelText, _ output: UnsafeMutablePointer<Value>, _ others: inout OtherCells
  ) {
    let row = unsafe text.rows.map { unsafe Int($0[index]) } ?? index
    let at = unsafe text.bounds + row &* text.stride
    var start = unsafe at[0] &+ 1
    var end = unsafe at[1]
    precondition(unsafe start <= end && end <= text.limit && start >= UInt32(ByteWindow.padding))
    if unsafe text.isLast, end > start, unsafe text.base[Int(end) - 1] == UInt8(ascii: "\r") { end &-= 1 }
    if end > start, unsafe UInt16(text.base[Int(start)]) == text.quote {
      // A cell of one quote cannot be: structure was checked before.
      start &+= 1
      end = max(end &- 1, start)
    }
    if start != end, let value = unsafe parse(text.base + Int(start), Int(end &- start)) {
      unsafe (output + index).initialize(to: value)
    } else {
      unsafe (output + index).initialize(to: Self.zero)
      others.add(index, isEmpty: start == end)
    }
  }
}

/// A column of text as the loop reads it.
@unsafe private struct KernelText {
  let base: UnsafePointer<UInt8>
  let limit: UInt32
  let bounds: UnsafePointer<UInt32>
  let stride: Int
  /// nil for all.
  let rows: UnsafePointer<Int32>?
  /// 256 where there is none.
  let quote: UInt16
  let isLast: Bool
}

/// Rows that the loop could not decide.
private struct OtherCells {
  var missing: [Int32] = []
  var undecided: [Int32] = []

  @inline(never)
  mutating func add(_ index: Int, isEmpty: Bool) {
    if isEmpty {
      missing.append(Int32(truncatingIfNeeded: index))
    } else {
      undecided.append(Int32(truncatingIfNeeded: index))
    }
  }
}

/// Eight characters at a time, in the order of a little-endian load: the first character is the lowest byte.
enum EightBytes {
  static let zeros: UInt64 = 0x3030_3030_3030_3030

  @inline(__always)
  static func load(_ address: UnsafePointer<UInt8>) -> UInt64 {
    UInt64(littleEndian: unsafe UnsafeRawPointer(address).loadUnaligned(as: UInt64.self))
  }

  /// The last `length` (1 to 8) of the eight characters before `end`, the others `0`.
  @inline(__always)
  static func rightAligned(before end: UnsafePointer<UInt8>, _ length: Int) -> UInt64 {
    let kept = ~UInt64(0) &<< UInt64(truncatingIfNeeded: 64 &- length &* 8)
    return unsafe (load(end - 8) & kept) | (zeros & ~kept)
  }

  @inline(__always)
  static func areDigits(_ word: UInt64) -> Bool {
    ((word & 0xF0F0_F0F0_F0F0_F0F0) | (((word &+ 0x0606_0606_0606_0606) & 0xF0F0_F0F0_F0F0_F0F0) >> 4))
      == 0x3333_3333_3333_3333
  }

  /// The number that eight digits write, by three multiplications (Mula; Lemire, "Number parsing at a gigabyte per second").
  @inline(__always)
  static func number(_ digits: UInt64) -> UInt64 {
    let values = digits &- zeros
    let word = (values &* 10) &+ (values >> 8)
    let even = (word & 0x0000_00FF_0000_00FF) &* 0x000F_4240_0000_0064
    let odd = ((word >> 16) & 0x0000_00FF_0000_00FF) &* 0x0000_2710_0000_0001
    return (even &+ odd) >> 32
  }

  /// The index of the first byte equal to the pattern's, 8 where there is none.
  @inline(__always)
  static func firstIndex(of pattern: UInt64, in word: UInt64) -> Int {
    let difference = word ^ pattern
    let zero = (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080
    return zero.trailingZeroBitCount >> 3
  }
}
