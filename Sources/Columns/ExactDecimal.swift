/// One decimal value that carries its scale: coefficient / 10^scale. For constants, parameters and single results;
/// columns keep coefficients alone.
public struct ExactDecimal: Sendable {
  /// Below 10^38 in magnitude.
  public let coefficient: Int128
  /// Digits after the point, 0 to 38.
  public let scale: Int

  public init(coefficient: Int128, scale: Int) {
    precondition(DecimalArithmetic.fits(coefficient) && (0...38).contains(scale))
    self.coefficient = coefficient
    self.scale = scale
  }

  public init(_ value: Int64) { self.init(coefficient: Int128(value), scale: 0) }

  /// The same number with as few decimals as it can have.
  public var normalized: ExactDecimal {
    var (coefficient, scale) = (coefficient, scale)
    while scale > 0, coefficient % 10 == 0 { (coefficient, scale) = (coefficient / 10, scale - 1) }
    return ExactDecimal(coefficient: coefficient, scale: scale)
  }

  /// Digits of the coefficient, at least 1.
  public var precision: Int {
    var digits = 1
    while digits < 38, coefficient.magnitude >= DecimalArithmetic.powerOfTen(digits).magnitude { digits += 1 }
    return digits
  }

  /// nil where digits other than zero would be lost or 38 digits do not suffice.
  public func rescaledExactly(to scale: Int) -> ExactDecimal? {
    DecimalArithmetic.rescaleExactly(coefficient, from: self.scale, to: scale).map {
      ExactDecimal(coefficient: $0, scale: scale)
    }
  }
}

extension ExactDecimal: Hashable, Comparable {
  /// By value: 1.0 equals 1.00.
  public static func == (left: ExactDecimal, right: ExactDecimal) -> Bool {
    DecimalArithmetic.compare(left.coefficient, scale: left.scale, right.coefficient, scale: right.scale) == 0
  }

  public static func < (left: ExactDecimal, right: ExactDecimal) -> Bool {
    DecimalArithmetic.compare(left.coefficient, scale: left.scale, right.coefficient, scale: right.scale) < 0
  }

  public func hash(into hasher: inout Hasher) {
    let same = normalized
    hasher.combine(same.coefficient)
    hasher.combine(same.scale)
  }
}

extension ExactDecimal: CustomStringConvertible, LosslessStringConvertible {
  public var description: String {
    var bytes: [UInt8] = []
    DecimalText.append(coefficient, scale: scale, minimumDecimals: scale, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Reads plain digits with an optional sign and point: `-12.50`. No exponent, no spaces.
  public init?(_ text: String) {
    guard let value = DecimalText.parse(Array(text.utf8).span) else { return nil }
    self = value
  }
}

/// Decimals as characters, in and out, never through a float.
public enum DecimalText {
  /// Reads `[+-]digits[.digits]` or `[+-].digits`; nil where the text is anything else or has more than 38 digits.
  public static func parse(_ text: Span<UInt8>) -> ExactDecimal? {
    var index = 0
    var negative = false
    if index < text.count, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") {
      negative = text[index] == UInt8(ascii: "-")
      index += 1
    }
    var coefficient: Int128 = 0
    var scale = 0
    var digits = 0
    var seenPoint = false
    while index < text.count {
      let byte = text[index]
      if byte == UInt8(ascii: "."), !seenPoint {
        seenPoint = true
      } else if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
        digits += 1
        if seenPoint { scale += 1 }
        guard coefficient < DecimalArithmetic.bound / 10 + 1, scale <= 38 else { return nil }
        coefficient = coefficient * 10 + Int128(byte &- UInt8(ascii: "0"))
      } else {
        return nil
      }
      index += 1
    }
    guard digits > 0, !seenPoint || scale > 0, DecimalArithmetic.fits(coefficient) else { return nil }
    return ExactDecimal(coefficient: negative ? -coefficient : coefficient, scale: scale)
  }

  /// Writes a coefficient with at least `minimumDecimals` decimals and beyond them no trailing zero.
  public static func append(_ coefficient: Int128, scale: Int, minimumDecimals: Int = 0, to bytes: inout [UInt8]) {
    var magnitude = coefficient.magnitude
    var decimals = scale
    while decimals > minimumDecimals {
      let (quotient, remainder) = magnitude.quotientAndRemainder(dividingBy: 10)
      if remainder != 0 { break }
      (magnitude, decimals) = (quotient, decimals - 1)
    }
    if coefficient < 0 { bytes.append(UInt8(ascii: "-")) }
    let first = bytes.count
    var written = 0
    // Digits backwards, 64 bits at a time where they suffice; reversed at the end.
    while magnitude > 0 || written <= decimals {
      if written == decimals, decimals > 0 { bytes.append(UInt8(ascii: ".")) }
      if magnitude <= UInt128(UInt64.max) {
        let small = UInt64(magnitude)
        bytes.append(UInt8(ascii: "0") + UInt8(small % 10))
        magnitude = UInt128(small / 10)
      } else {
        let (quotient, remainder) = magnitude.quotientAndRemainder(dividingBy: 10)
        bytes.append(UInt8(ascii: "0") + UInt8(remainder))
        magnitude = quotient
      }
      written += 1
    }
    bytes[first...].reverse()
    if decimals < minimumDecimals {
      if decimals == 0 { bytes.append(UInt8(ascii: ".")) }
      for _ in decimals..<minimumDecimals { bytes.append(UInt8(ascii: "0")) }
    }
  }
}
