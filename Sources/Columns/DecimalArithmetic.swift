/// Exact arithmetic on coefficients: the integers that decimals of a known scale are stored as.
///
/// Every function gives nil where the exact result needs more than 38 digits (or a division has no divisor); nothing
/// wraps and nothing is lost in silence.
public enum DecimalArithmetic {
  /// 10^38: no coefficient reaches it.
  public static let bound: Int128 = 100_000_000_000_000_000_000_000_000_000_000_000_000

  /// 10^0 to 10^38.
  public static let powersOfTen: [Int128] = {
    var powers: [Int128] = [1]
    for _ in 0..<38 { powers.append(powers[powers.count - 1] * 10) }
    return powers
  }()

  /// 10^exponent, for 0 to 38.
  public static func powerOfTen(_ exponent: Int) -> Int128 { powersOfTen[exponent] }

  public static func fits(_ coefficient: Int128) -> Bool { coefficient < bound && coefficient > -bound }

  public static func add(_ left: Int128, _ right: Int128) -> Int128? {
    // Each is below 10^38, which is 2^126.2: two of them can leave 128 bits.
    let (sum, overflow) = left.addingReportingOverflow(right)
    return !overflow && fits(sum) ? sum : nil
  }

  public static func subtract(_ left: Int128, _ right: Int128) -> Int128? { add(left, -right) }

  /// The product; its scale is the sum of the scales.
  public static func multiply(_ left: Int128, _ right: Int128) -> Int128? {
    let (product, overflow) = left.multipliedReportingOverflow(by: right)
    return !overflow && fits(product) ? product : nil
  }

  /// The same number at another scale; where that drops digits they are rounded by `mode`.
  public static func rescale(
    _ coefficient: Int128, from scale: Int, to newScale: Int, mode: RoundingMode = .halfEven
  ) -> Int128? {
    if newScale == scale { return coefficient }
    if newScale > scale {
      guard newScale - scale <= 38 else { return coefficient == 0 ? 0 : nil }
      return multiply(coefficient, powerOfTen(newScale - scale))
    }
    guard scale - newScale <= 38 else {
      return roundedQuotient(coefficient.magnitude > 0 ? 1 : 0, negative: coefficient < 0, by: 1000, mode: mode)
    }
    return roundedQuotient(
      coefficient.magnitude, negative: coefficient < 0, by: powerOfTen(scale - newScale).magnitude, mode: mode)
  }

  /// The same number at another scale, nil where that would drop a digit other than zero (or does not fit).
  public static func rescaleExactly(_ coefficient: Int128, from scale: Int, to newScale: Int) -> Int128? {
    if newScale >= scale { return rescale(coefficient, from: scale, to: newScale) }
    guard scale - newScale <= 38 else { return coefficient == 0 ? 0 : nil }
    let (quotient, remainder) = coefficient.quotientAndRemainder(dividingBy: powerOfTen(scale - newScale))
    return remainder == 0 ? quotient : nil
  }

  /// left / right, rounded once to `scale` decimals. nil for a divisor of 0 or more than 38 digits.
  public static func divide(
    _ left: Int128, scale leftScale: Int, by right: Int128, scale rightScale: Int, to scale: Int,
    mode: RoundingMode = .halfEven
  ) -> Int128? {
    multiplyDivide(left, scale: leftScale, 1, scale: 0, by: right, scale: rightScale, to: scale, mode: mode)
  }

  /// a * b / c with 256 bits between, rounded once to `scale` decimals. nil for a divisor of 0 or more than 38 digits.
  public static func multiplyDivide(
    _ a: Int128, scale aScale: Int, _ b: Int128, scale bScale: Int, by c: Int128, scale cScale: Int, to scale: Int,
    mode: RoundingMode = .halfEven
  ) -> Int128? {
    guard c != 0 else { return nil }
    let negative = ((a < 0) != (b < 0)) != (c < 0)
    var numerator = Wide(a.magnitude.multipliedFullWidth(by: b.magnitude))
    var denominator = Wide(high: 0, low: c.magnitude)
    // value * 10^scale = a b / c * 10^(scale + cScale - aScale - bScale)
    var shift = scale + cScale - aScale - bScale
    while shift > 0 {
      let step = min(shift, 38)
      // Past 2^256 and divided by less than 10^38 the quotient has more than 38 digits.
      guard let scaled = numerator.multiplied(by: powerOfTen(step).magnitude) else { return nil }
      numerator = scaled
      shift -= step
    }
    while shift < 0 {
      let step = min(-shift, 38)
      guard let scaled = denominator.multiplied(by: powerOfTen(step).magnitude) else {
        // The divisor passes 2^256 > numerator * 2: less than half of the last place is left.
        return roundedZero(negative: negative, isZero: numerator.isZero, mode: mode)
      }
      denominator = scaled
      shift += step
    }
    guard let quotient = numerator.divided(by: denominator, isNegative: negative, mode: mode) else { return nil }
    return signed(quotient, negative: negative)
  }

  private static func roundedZero(negative: Bool, isZero: Bool, mode: RoundingMode) -> Int128 {
    mode.raises(isNegative: negative, isOdd: false, rest: isZero ? nil : .belowHalf) ? (negative ? -1 : 1) : 0
  }

  private static func roundedQuotient(_ magnitude: UInt128, negative: Bool, by divisor: UInt128, mode: RoundingMode)
    -> Int128?
  {
    let (quotient, remainder) = magnitude.quotientAndRemainder(dividingBy: divisor)
    let rest = Wide.remainder(remainder, of: divisor)
    let raised = mode.raises(isNegative: negative, isOdd: quotient & 1 == 1, rest: rest) ? quotient + 1 : quotient
    return signed(raised, negative: negative)
  }

  private static func signed(_ magnitude: UInt128, negative: Bool) -> Int128? {
    guard magnitude < bound.magnitude else { return nil }
    return negative ? -Int128(magnitude) : Int128(magnitude)
  }

  /// -1, 0 or 1: how two numbers of any scales compare, by value.
  public static func compare(_ left: Int128, scale leftScale: Int, _ right: Int128, scale rightScale: Int) -> Int {
    if leftScale == rightScale { return left < right ? -1 : left > right ? 1 : 0 }
    if left.signum() != right.signum() { return left < right ? -1 : 1 }
    let negative = left < 0
    let more = abs(leftScale - rightScale)
    let factor = powerOfTen(min(more, 38)).magnitude
    let leftWide = Wide(left.magnitude.multipliedFullWidth(by: leftScale < rightScale ? factor : 1))
    let rightWide = Wide(right.magnitude.multipliedFullWidth(by: leftScale < rightScale ? 1 : factor))
    let order = leftWide == rightWide ? 0 : leftWide < rightWide ? -1 : 1
    return negative ? -order : order
  }
}

/// 256 bits without sign: what lies between a product and its quotient.
struct Wide: Equatable {
  var high: UInt128
  var low: UInt128

  init(high: UInt128, low: UInt128) {
    self.high = high
    self.low = low
  }

  init(_ product: (high: UInt128, low: UInt128)) {
    high = product.high
    low = product.low
  }

  var isZero: Bool { high == 0 && low == 0 }

  static func < (left: Wide, right: Wide) -> Bool {
    left.high != right.high ? left.high < right.high : left.low < right.low
  }

  /// nil past 256 bits.
  func multiplied(by factor: UInt128) -> Wide? {
    let lower = low.multipliedFullWidth(by: factor)
    let (upper, overflow) = high.multipliedReportingOverflow(by: factor)
    let (sum, carry) = upper.addingReportingOverflow(lower.high)
    return overflow || carry ? nil : Wide(high: sum, low: lower.low)
  }

  func quotientAndRemainder(by divisor: UInt128) -> (Wide, UInt128) {
    let upper = high.quotientAndRemainder(dividingBy: divisor)
    if upper.remainder == 0 {
      let lower = low.quotientAndRemainder(dividingBy: divisor)
      return (Wide(high: upper.quotient, low: lower.quotient), lower.remainder)
    }
    let lower = divisor.dividingFullWidth((upper.remainder, low))
    return (Wide(high: upper.quotient, low: lower.quotient), lower.remainder)
  }

  /// The rounded quotient, nil where it passes 128 bits.
  func divided(by divisor: Wide, isNegative: Bool, mode: RoundingMode) -> UInt128? {
    if divisor.high == 0 {
      let (quotient, remainder) = quotientAndRemainder(by: divisor.low)
      guard quotient.high == 0 else { return nil }
      let rest = Wide.remainder(remainder, of: divisor.low)
      return mode.raises(isNegative: isNegative, isOdd: quotient.low & 1 == 1, rest: rest)
        ? quotient.low + 1 : quotient.low
    }
    // A divisor past 2^128: the quotient has at most 128 bits, found bit by bit. Rare: scales that differ by more
    // than 38.
    var quotient: UInt128 = 0
    var remainder = Wide(high: 0, low: 0)
    for bit in stride(from: 255, through: 0, by: -1) {
      let top = remainder.high >> 127
      remainder = Wide(high: remainder.high << 1 | remainder.low >> 127, low: remainder.low << 1)
      remainder.low |= bit >= 128 ? (high >> UInt128(bit - 128)) & 1 : (low >> UInt128(bit)) & 1
      quotient = quotient << 1
      if top == 1 || !(remainder < divisor) {
        remainder = remainder.subtracting(divisor)
        quotient |= 1
      }
    }
    let doubledTop = remainder.high >> 127
    let doubled = Wide(high: remainder.high << 1 | remainder.low >> 127, low: remainder.low << 1)
    let rest: RoundingMode.Remainder? =
      remainder.isZero
      ? nil : doubledTop == 1 || divisor < doubled ? .aboveHalf : doubled == divisor ? .half : .belowHalf
    return mode.raises(isNegative: isNegative, isOdd: quotient & 1 == 1, rest: rest) ? quotient + 1 : quotient
  }

  private func subtracting(_ other: Wide) -> Wide {
    let (lower, borrow) = low.subtractingReportingOverflow(other.low)
    return Wide(high: high &- other.high &- (borrow ? 1 : 0), low: lower)
  }

  static func remainder(_ remainder: UInt128, of divisor: UInt128) -> RoundingMode.Remainder? {
    if remainder == 0 { return nil }
    let opposite = divisor - remainder
    return remainder < opposite ? .belowHalf : remainder == opposite ? .half : .aboveHalf
  }
}
