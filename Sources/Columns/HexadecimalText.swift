/// Whole numbers as hexadecimal digits, as blockchains write the words of a log: `0x…` of 64 digits, or fewer.
public enum HexadecimalText {
  public enum Problem: Error, Sendable {
    /// Something other than hexadecimal digits, or none.
    case notHexadecimal
    /// More than 38 decimal digits.
    case tooWide

    public var message: String {
      switch self {
      case .notHexadecimal: "the text is no hexadecimal number such as 0x1f"
      case .tooWide: "the number has more than 38 digits"
      }
    }
  }

  /// The number of digits of either case, with or without `0x` before them; leading zeros do not count.
  public static func parse(_ text: [UInt8]) throws(Problem) -> Int128 {
    let hasPrefix = text.count >= 2 && text[0] == UInt8(ascii: "0") && text[1] | 32 == UInt8(ascii: "x")
    let digits = text.dropFirst(hasPrefix ? 2 : 0)
    guard !digits.isEmpty else { throw .notHexadecimal }
    var value: Int128 = 0
    var isTooWide = false
    for byte in digits {
      guard let digit = digit(byte) else { throw .notHexadecimal }
      // Checked before the step: 16 times a number of 38 digits would not fit 128 bits.
      isTooWide = isTooWide || value > (DecimalArithmetic.bound - 1 - Int128(digit)) / 16
      if !isTooWide { value = value * 16 + Int128(digit) }
    }
    if isTooWide { throw .tooWide }
    return value
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
