/// The digits of a number, sign and point taken out.
private struct WrittenNumber {
  var isNegative = false
  /// The first digits, and what follows them.
  var head: UInt64 = 0
  var tail: UInt64 = 0
  /// Digits of the tail: it begins behind the 18th.
  var tailDigits = 0
  var digits = 0
  var decimals = 0

  /// nil where the cell is more than digits, a sign before them and a point among or before them; or has more than 36 digits.
  @inline(__always)
  init?(_ start: UnsafePointer<UInt8>, _ length: Int, point: UInt8) {
    var index = 0
    let first = unsafe start[0]
    if first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
      isNegative = first == UInt8(ascii: "-")
      index = 1
    }
    var pointAt = -1
    while index < length {
      let byte = unsafe start[index]
      let digit = byte &- 48
      if digit > 9 {
        guard byte == point, pointAt < 0 else { return nil }
        pointAt = index
      } else if digits < 18 {
        head = head &* 10 &+ UInt64(digit)
        digits &+= 1
      } else {
        tail = tail &* 10 &+ UInt64(digit)
        digits &+= 1
        tailDigits &+= 1
      }
      index &+= 1
    }
    guard digits > 0, tailDigits <= 18, pointAt != length &- 1 else { return nil }
    decimals = pointAt < 0 ? 0 : length &- 1 &- pointAt
  }
}

/// Decimals of more than 18 digits, as coefficients of the column's scale.
struct WideDecimalKernel: CellKernel {
  static var zero: Int128 { 0 }

  private let scale: Int
  private let point: UInt8
  private let bound: UInt128
  private let powers = Self.powers
  /// Ten to the powers 0 to 38.
  private static let powers: [UInt128] = (0..<38).reduce(into: [1]) { powers, _ in powers.append(powers.last! * 10) }

  /// - Parameter precision: at most 38.
  init(precision: Int, scale: Int, point: UInt8) {
    precondition(precision <= 38 && scale <= precision)
    self.scale = scale
    self.point = point
    bound = powers[precision]
  }

  @inline(__always)
  func parse(_ start: UnsafePointer<UInt8>, _ length: Int) -> Int128? {
    guard let written = unsafe WrittenNumber(start, length, point: point), written.decimals <= scale else {
      return nil
    }
    let magnitude = UInt128(written.head) &* powers[written.tailDigits] &+ UInt128(written.tail)
    let (scaled, overflow) = magnitude.multipliedReportingOverflow(by: powers[scale &- written.decimals])
    guard !overflow, scaled < bound else { return nil }
    let value = Int128(truncatingIfNeeded: scaled)
    return written.isNegative ? 0 &- value : value
  }
}

/// Floats without an exponent: the number nearest to what is written.
struct FloatKernel: CellKernel {
  static var zero: Double { 0 }

  private let point: UInt8
  private let tens = Self.tens
  private let fives = Self.fives
  /// Ten to 22 is the last that a double holds exactly, five to 27 the last that fits 64 bits.
  private static let tens: [Double] = (0..<22).reduce(into: [1]) { powers, _ in powers.append(powers.last! * 10) }
  private static let fives: [UInt64] = (0..<27).reduce(into: [1]) { powers, _ in powers.append(powers.last! * 5) }

  init(point: UInt8) { self.point = point }

  @inline(__always)
  func parse(_ start: UnsafePointer<UInt8>, _ length: Int) -> Double? {
    guard let written = unsafe WrittenNumber(start, length, point: point), written.tailDigits <= 1,
      written.decimals <= 27
    else { return nil }
    // Nineteen digits fit 64 bits.
    let number = written.tailDigits == 0 ? written.head : written.head &* 10 &+ written.tail
    let magnitude: Double
    if number <= 1 << 53, written.decimals <= 22 {
      // Both are exact, so the division rounds once (Clinger, "How to read floating point numbers accurately").
      magnitude = Double(number) / tens[written.decimals]
    } else {
      magnitude = quotient(number, written.decimals)
    }
    return written.isNegative ? -magnitude : magnitude
  }

  /// `number / 10^decimals`, rounded once to the nearest, ties to even. The number is not 0.
  @inline(never)
  private func quotient(_ number: UInt64, _ decimals: Int) -> Double {
    let shift = number.leadingZeroBitCount
    let five = fives[decimals]
    let fiveShift = five.leadingZeroBitCount
    var high = number << UInt64(shift)
    let divisor = five << UInt64(fiveShift)
    var low: UInt64 = 0
    // The quotient gets its highest bit set, so that it has 64.
    var exponent = fiveShift - shift - decimals - 64
    if high >= divisor {
      low = high << 63
      high >>= 1
      exponent += 1
    }
    let (bits, rest) = divisor.dividingFullWidth((high, low))
    var mantissa = bits >> 11
    let cut = bits & 0x7FF
    if cut > 0x400 || (cut == 0x400 && (rest != 0 || mantissa & 1 == 1)) { mantissa += 1 }
    return Double(sign: .plus, exponent: exponent + 11, significand: Double(mantissa))
  }
}

extension CellKernels {
  /// Coefficients of `scale`, of at most `precision` (38 or less) digits.
  public static func wideDecimals(
    _ window: borrowing ByteWindow, _ cells: CellColumn, rows: [Int32]?, precision: Int, scale: Int, point: UInt8
  ) -> ParsedCells<Int128> {
    WideDecimalKernel(precision: precision, scale: scale, point: point).run(window.storage, cells, rows: rows)
  }

  public static func floats(
    _ window: borrowing ByteWindow, _ cells: CellColumn, rows: [Int32]?, point: UInt8
  ) -> ParsedCells<Double> {
    FloatKernel(point: point).run(window.storage, cells, rows: rows)
  }

  public static func bools(
    _ window: borrowing ByteWindow, _ cells: CellColumn, rows: [Int32]?
  ) -> ParsedCells<Bool> {
    BoolKernel().run(window.storage, cells, rows: rows)
  }

  /// Microseconds since 1970-01-01T00:00:00Z.
  ///
  /// - Parameter offsetMinutes: of the zone that applies where a cell names none.
  public static func timestamps(
    _ window: borrowing ByteWindow, _ cells: CellColumn, rows: [Int32]?, offsetMinutes: Int
  ) -> ParsedCells<Int64> {
    TimestampKernel(offsetMinutes: offsetMinutes).run(window.storage, cells, rows: rows)
  }
}
