/// Numbers of JSON with an exponent as plain digits, exactly: `1.5e3` is `1500`.
///
/// Writers of JSON choose the exponent by size, not by meaning, so in JSON it is no sign of a wrong cell as it is in a text file.
enum JSONExponent {
  /// Past this no decimal of 38 digits is left.
  private static let limit = 80

  /// The text itself where it has no exponent, or one that is out of reach.
  static func plain(_ text: [UInt8]) -> [UInt8] {
    guard let mark = text.firstIndex(where: { $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }),
      let exponent = Int(String(decoding: text[(mark + 1)...], as: UTF8.self)), abs(exponent) <= limit
    else { return text }
    let mantissa = text[..<mark]
    let isNegative = mantissa.first == UInt8(ascii: "-")
    let unsigned = isNegative ? mantissa.dropFirst() : mantissa
    let point = unsigned.firstIndex(of: UInt8(ascii: ".")) ?? unsigned.endIndex
    var digits = Array(unsigned.filter { $0 != UInt8(ascii: ".") })
    guard !digits.isEmpty, digits.allSatisfy({ (48...57).contains($0) }) else { return text }
    var whole = point - unsigned.startIndex + exponent
    let zero = UInt8(ascii: "0")
    if whole <= 0 {
      digits = [UInt8](repeating: zero, count: 1 - whole) + digits
      whole = 1
    }
    if whole > digits.count { digits += [UInt8](repeating: zero, count: whole - digits.count) }
    let fraction = digits[whole...]
    let sign = isNegative ? [UInt8(ascii: "-")] : []
    return sign + digits[..<whole] + (fraction.isEmpty ? [] : [UInt8(ascii: ".")] + fraction)
  }
}
