/// A whole number as decimal digits, least significant first: school arithmetic, for comparison with the fast kind.
struct SlowInteger: Equatable {
  var digits: [Int]  // no zero at the top; empty for 0
  var negative = false

  init(_ value: Int128) {
    digits = String(value.magnitude).reversed().map { Int(String($0))! }
    negative = value < 0
    trim()
  }

  private init(digits: [Int]) {
    self.digits = digits
    trim()
  }

  private mutating func trim() {
    while digits.last == 0 { digits.removeLast() }
    if digits.isEmpty { negative = false }
  }

  func shifted(_ places: Int) -> SlowInteger {
    var result = self
    if !digits.isEmpty { result.digits = [Int](repeating: 0, count: places) + digits }
    return result
  }

  static func * (left: SlowInteger, right: SlowInteger) -> SlowInteger {
    var cells = [Int](repeating: 0, count: left.digits.count + right.digits.count + 1)
    for (i, a) in left.digits.enumerated() { for (j, b) in right.digits.enumerated() { cells[i + j] += a * b } }
    for i in 0..<cells.count - 1 {
      cells[i + 1] += cells[i] / 10
      cells[i] %= 10
    }
    var result = SlowInteger(digits: cells)
    result.negative = left.negative != right.negative && !result.digits.isEmpty
    return result
  }

  /// -1, 0, 1 by magnitude.
  static func order(_ left: SlowInteger, _ right: SlowInteger) -> Int {
    if left.digits.count != right.digits.count { return left.digits.count < right.digits.count ? -1 : 1 }
    for (a, b) in zip(left.digits.reversed(), right.digits.reversed()) where a != b { return a < b ? -1 : 1 }
    return 0
  }

  static func magnitudeDifference(_ left: SlowInteger, _ right: SlowInteger) -> SlowInteger {
    var cells = left.digits
    for i in cells.indices {
      cells[i] -= i < right.digits.count ? right.digits[i] : 0
      if cells[i] < 0 {
        cells[i] += 10
        cells[i + 1] -= 1
      }
    }
    return SlowInteger(digits: cells)
  }

  /// Magnitudes: the quotient cut off, and what is left.
  func dividedByMagnitude(_ divisor: SlowInteger) -> (SlowInteger, SlowInteger) {
    var quotient: [Int] = []
    var rest = SlowInteger(digits: [])
    for digit in digits.reversed() {
      rest = SlowInteger(digits: [digit] + rest.digits)
      var count = 0
      while SlowInteger.order(rest, divisor) >= 0 {
        rest = SlowInteger.magnitudeDifference(rest, divisor)
        count += 1
      }
      quotient.insert(count, at: 0)
    }
    return (SlowInteger(digits: quotient), rest)
  }

  /// nil for more than 38 digits.
  var coefficient: Int128? {
    digits.count > 38 ? nil : Int128((negative ? "-" : "") + "0" + digits.reversed().map(String.init).joined())
  }
}
