import CScan

/// Whole numbers of up to 16 digits.
struct IntKernel: CellKernel {
  static var zero: Int64 { 0 }

  func readPlain(
    _ cells: inout weir_cells, _ output: UnsafeMutablePointer<Int64>, _ unread: inout weir_unread
  ) -> CInt? {
    var form = weir_decimal_form(16, 0, UInt8(ascii: "."))
    return unsafe weir_cells_decimals(&cells, &form, output, &unread, CInt(WEIR_BEST.rawValue))
  }

  @inline(__always)
  func parse(_ start: UnsafePointer<UInt8>, _ length: Int) -> Int64? {
    var (start, length) = unsafe (start, length)
    var negative = false
    let first = unsafe start[0]
    if first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
      negative = first == UInt8(ascii: "-")
      unsafe start += 1
      length &-= 1
    }
    guard length > 0, length <= 16 else { return nil }
    let end = unsafe start + length
    let low = unsafe EightBytes.rightAligned(before: end, min(length, 8))
    guard EightBytes.areDigits(low) else { return nil }
    var magnitude = EightBytes.number(low)
    if length > 8 {
      let high = unsafe EightBytes.rightAligned(before: end - 8, length &- 8)
      guard EightBytes.areDigits(high) else { return nil }
      magnitude &+= EightBytes.number(high) &* 100_000_000
    }
    let value = Int64(truncatingIfNeeded: magnitude)
    return negative ? 0 &- value : value
  }
}

/// Decimals of up to 16 characters (sign aside) with no more decimals than the column has, as coefficients of its scale.
struct DecimalKernel: CellKernel {
  static var zero: Int64 { 0 }

  private let scale: Int
  private let point: UInt64
  /// Ten to the precision: what a coefficient stays below.
  private let bound: UInt64
  /// 10^n in the order of decimals that the cell has: entry n is 10^(scale - n).
  private let factors: InlineArray<20, UInt64>
  private let form: weir_decimal_form

  /// - Parameter precision: at most 18.
  init(precision: Int, scale: Int, point: UInt8) {
    precondition(precision <= 18 && scale <= precision)
    self.scale = scale
    self.point = UInt64(point) &* 0x0101_0101_0101_0101
    var power: UInt64 = 1
    var powers = InlineArray<20, UInt64>(repeating: 0)
    for exponent in 0...scale {
      powers[scale - exponent] = power
      if exponent < scale { power *= 10 }
    }
    for _ in scale..<precision { power *= 10 }
    bound = power
    factors = powers
    form = weir_decimal_form(CInt(precision), CInt(scale), point)
  }

  /// Up to eight characters with all the decimals that the column has: nearly every cell of money.
  func readPlain(
    _ cells: inout weir_cells, _ output: UnsafeMutablePointer<Int64>, _ unread: inout weir_unread
  ) -> CInt? {
    var form = form
    return unsafe weir_cells_decimals(&cells, &form, output, &unread, CInt(WEIR_BEST.rawValue))
  }

  @inline(__always)
  func parse(_ start: UnsafePointer<UInt8>, _ length: Int) -> Int64? {
    var (start, length) = unsafe (start, length)
    var negative = false
    let first = unsafe start[0]
    if first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
      negative = first == UInt8(ascii: "-")
      unsafe start += 1
      length &-= 1
    }
    guard length > 0, length <= 16 else { return nil }
    let end = unsafe start + length
    var low = unsafe EightBytes.rightAligned(before: end, min(length, 8))
    var decimals = 0
    var magnitude: UInt64
    let place = EightBytes.firstIndex(of: point, in: low)
    if place < 8 {
      // A point that ends the cell, or stands alone, is for the slow reader to refuse.
      if place == 7 { return nil }
      decimals = 7 &- place
      low = Self.withoutByte(low, at: place)
    }
    guard EightBytes.areDigits(low) else { return nil }
    magnitude = EightBytes.number(low)
    if length > 8 {
      var high = unsafe EightBytes.rightAligned(before: end - 8, length &- 8)
      var factor: UInt64 = 100_000_000
      let highPlace = EightBytes.firstIndex(of: point, in: high)
      if place < 8 {
        factor = 10_000_000
      } else if highPlace < 8 {
        decimals = 15 &- highPlace
        high = Self.withoutByte(high, at: highPlace)
      }
      guard EightBytes.areDigits(high) else { return nil }
      magnitude &+= EightBytes.number(high) &* factor
    }
    guard decimals <= scale else { return nil }
    let (scaled, overflow) = magnitude.multipliedReportingOverflow(by: factors[decimals])
    guard !overflow, scaled < bound else { return nil }
    let value = Int64(truncatingIfNeeded: scaled)
    return negative ? 0 &- value : value
  }

  /// The word with one byte taken out and a `0` put in front.
  @inline(__always)
  private static func withoutByte(_ word: UInt64, at place: Int) -> UInt64 {
    let shift = UInt64(truncatingIfNeeded: place &* 8)
    let before = (UInt64(1) &<< shift) &- 1
    let after = ~before &<< 8
    return (word & after) | ((word & before) &<< 8) | 0x30
  }
}

/// Days written `YYYY-MM-DD`, as days since 1970-01-01.
struct ISODateKernel: CellKernel {
  static var zero: Int32 { 0 }

  func readPlain(
    _ cells: inout weir_cells, _ output: UnsafeMutablePointer<Int32>, _ unread: inout weir_unread
  ) -> CInt? {
    unsafe weir_cells_dates(&cells, output, &unread, CInt(WEIR_BEST.rawValue))
  }

  @inline(__always)
  func parse(_ start: UnsafePointer<UInt8>, _ length: Int) -> Int32? {
    guard length == 10 else { return nil }
    // "YYYY-MM-" as values: digits at most 9, dashes 0.
    let head = unsafe EightBytes.load(start) ^ 0x2D30_302D_3030_3030
    let tail = UInt64(unsafe start[8] ^ 0x30) | UInt64(unsafe start[9] ^ 0x30) &<< 8
    guard ((head &+ 0x7F76_767F_7676_7676) | head | (tail &+ 0x7676) | tail) & 0x8080_8080_8080_8080 == 0 else {
      return nil
    }
    let pairs = head &* 10 &+ (head >> 8)
    let year = UInt32(truncatingIfNeeded: (pairs & 0xFF) &* 100 &+ ((pairs >> 16) & 0xFF))
    let month = UInt32(truncatingIfNeeded: (pairs >> 40) & 0xFF)
    let day = UInt32(truncatingIfNeeded: (tail & 0xFF) &* 10 &+ (tail >> 8))
    guard year >= 1, month &- 1 < 12, day &- 1 < 31 else { return nil }
    if day > 28 {
      let leap: UInt32 = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
      guard day <= (month == 2 ? leap : 30 | (month ^ (month >> 3))) else { return nil }
    }
    // Hinnant, "chrono-Compatible Low-Level Date Algorithms": years begin in March.
    let early: UInt32 = month <= 2 ? 1 : 0
    let shifted = year &- early
    let monthIndex = month &+ early &* 12 &- 3
    let days =
      shifted &* 365 &+ shifted / 4 &- shifted / 100 &+ shifted / 400 &+ (153 &* monthIndex &+ 2) / 5 &+ day
    return Int32(bitPattern: days) &- 719_469
  }
}

/// The kernels, each a pass over one column of a block. `rows` are rows of the block, nil for all of them.
public enum CellKernels {
  public static func ints(_ window: borrowing ByteWindow, _ cells: CellColumn, rows: [Int32]?) -> ParsedCells<Int64> {
    IntKernel().run(window.storage, cells, rows: rows)
  }

  /// Coefficients of `scale`, of at most `precision` (18 or less) digits.
  public static func decimals(
    _ window: borrowing ByteWindow, _ cells: CellColumn, rows: [Int32]?, precision: Int, scale: Int, point: UInt8
  ) -> ParsedCells<Int64> {
    DecimalKernel(precision: precision, scale: scale, point: point).run(window.storage, cells, rows: rows)
  }

  /// Days since 1970-01-01.
  public static func isoDates(
    _ window: borrowing ByteWindow, _ cells: CellColumn, rows: [Int32]?
  ) -> ParsedCells<Int32> {
    ISODateKernel().run(window.storage, cells, rows: rows)
  }
}
