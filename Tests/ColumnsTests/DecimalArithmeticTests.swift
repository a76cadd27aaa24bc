import Columns
import Testing

@Suite struct DecimalArithmeticTests {
  private static let edge = DecimalArithmetic.bound - 1

  /// Numbers of all sizes, edges among them.
  private static func coefficient(_ random: inout SystemRandomNumberGenerator) -> Int128 {
    let edges: [Int128] = [0, 1, 2, 5, 10, 25, 1 << 64, (1 << 64) - 1, 1 << 126, edge, edge / 2, edge / 2 + 1]
    var value = edges.randomElement(using: &random)!
    if Bool.random(using: &random) {
      value = Int128.random(in: 0...edge, using: &random)
      for _ in 0..<Int.random(in: 0...38, using: &random) { value /= 10 }
    }
    if !DecimalArithmetic.fits(value) { value = 7 }
    return Bool.random(using: &random) ? -value : value
  }

  /// a * b * 10^shift / c by school arithmetic and the book's words for the modes.
  private static func slowQuotient(
    _ a: Int128, _ b: Int128, _ c: Int128, shift: Int, _ mode: RoundingMode
  ) -> Int128? {
    if c == 0 { return nil }
    let product = (SlowInteger(a) * SlowInteger(b)).shifted(max(shift, 0))
    let divisor = SlowInteger(c).shifted(max(-shift, 0))
    let negative = product.negative != divisor.negative
    let (cut, rest) = product.dividedByMagnitude(divisor)
    guard let whole = cut.coefficient else { return nil }
    let half = SlowInteger.order(rest * SlowInteger(2), divisor)
    let up: Bool =
      switch mode {
      case .up: !rest.digits.isEmpty
      case .down: false
      case .ceiling: !rest.digits.isEmpty && !negative
      case .floor: !rest.digits.isEmpty && negative
      case .halfUp: half >= 0
      case .halfDown: half > 0
      case .halfEven: half > 0 || (half == 0 && whole % 2 == 1)
      }
    let result = whole + (up ? 1 : 0)
    return DecimalArithmetic.fits(result) ? (negative ? -result : result) : nil
  }

  @Test(arguments: RoundingMode.allCases)
  func multiplyDivideAgreesWithSchoolArithmetic(_ mode: RoundingMode) {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<150 {
      let (a, b, c) = (Self.coefficient(&random), Self.coefficient(&random), Self.coefficient(&random))
      let scales = (0..<4).map { _ in Int.random(in: 0...38, using: &random) }
      let shift = scales[3] + scales[2] - scales[0] - scales[1]
      let fast = DecimalArithmetic.multiplyDivide(
        a, scale: scales[0], b, scale: scales[1], by: c, scale: scales[2], to: scales[3], mode: mode)
      #expect(fast == Self.slowQuotient(a, b, c, shift: shift, mode), "\(a) * \(b) / \(c), \(scales), \(mode)")
    }
  }

  @Test(arguments: RoundingMode.allCases)
  func rescaleAgreesWithSchoolArithmetic(_ mode: RoundingMode) {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<150 {
      let value = Self.coefficient(&random)
      let (from, to) = (Int.random(in: 0...38, using: &random), Int.random(in: 0...38, using: &random))
      let fast = DecimalArithmetic.rescale(value, from: from, to: to, mode: mode)
      #expect(fast == Self.slowQuotient(value, 1, 1, shift: to - from, mode), "\(value) \(from) \(to) \(mode)")
      let exact = DecimalArithmetic.rescaleExactly(value, from: from, to: to)
      let isExact =
        Self.slowQuotient(value, 1, 1, shift: to - from, .up) == Self.slowQuotient(value, 1, 1, shift: to - from, .down)
      #expect(exact == (isExact ? fast : nil))
    }
  }

  @Test(arguments: [
    (RoundingMode.halfEven, [-4, -2, -2, 0, 0, 2, 2, 4]), (.halfUp, [-4, -3, -2, -1, 1, 2, 3, 4]),
    (.halfDown, [-3, -2, -1, 0, 0, 1, 2, 3]), (.up, [-4, -3, -2, -1, 1, 2, 3, 4]),
    (.down, [-3, -2, -1, 0, 0, 1, 2, 3]), (.ceiling, [-3, -2, -1, 0, 1, 2, 3, 4]),
    (.floor, [-4, -3, -2, -1, 0, 1, 2, 3]),
  ])
  func halvesGoWhereTheModeSays(_ mode: RoundingMode, _ expected: [Int]) {
    let halves: [Int128] = [-35, -25, -15, -5, 5, 15, 25, 35]
    #expect(halves.map { DecimalArithmetic.rescale($0, from: 1, to: 0, mode: mode) } == expected.map { Int128($0) })
  }

  @Test func nothingPassesThirtyEightDigits() {
    #expect(DecimalArithmetic.add(Self.edge, 1) == nil)
    #expect(DecimalArithmetic.add(Self.edge, -1) == Self.edge - 1)
    #expect(DecimalArithmetic.subtract(-Self.edge, 1) == nil)
    #expect(DecimalArithmetic.multiply(Self.edge, 10) == nil)
    #expect(DecimalArithmetic.multiply(Self.edge, -1) == -Self.edge)
    #expect(DecimalArithmetic.multiply(10_000_000_000_000_000_000, 10_000_000_000_000_000_000) == nil)
    #expect(DecimalArithmetic.rescale(Self.edge, from: 1, to: 0, mode: .up) == DecimalArithmetic.bound / 10)
    #expect(DecimalArithmetic.divide(1, scale: 0, by: 0, scale: 0, to: 2) == nil)
  }

  @Test func aProductOfSeventySixDigitsIsDividedWithoutLoss() {
    #expect(
      DecimalArithmetic.multiplyDivide(
        Self.edge, scale: 0, Self.edge, scale: 0, by: Self.edge, scale: 0, to: 0) == Self.edge)
    // 2^128 / 10 followed by a 6: digits that pass 128 bits on the way to a quotient that does not fit.
    let power: Int128 = 1 << 64
    #expect(
      DecimalArithmetic.multiplyDivide(
        power * DecimalArithmetic.powerOfTen(18), scale: 0, power * DecimalArithmetic.powerOfTen(17), scale: 0,
        by: DecimalArithmetic.powerOfTen(37), scale: 0, to: 38) == nil)
  }

  @Test func comparingGoesByValueAtAnyScales() {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<500 {
      let (a, b) = (Self.coefficient(&random), Self.coefficient(&random))
      let (x, y) = (Int.random(in: 0...38, using: &random), Int.random(in: 0...38, using: &random))
      let magnitude = SlowInteger.order(SlowInteger(a).shifted(y), SlowInteger(b).shifted(x))
      let expected = a.signum() != b.signum() ? (a.signum() < b.signum() ? -1 : 1) : magnitude * Int(a.signum())
      #expect(DecimalArithmetic.compare(a, scale: x, b, scale: y) == expected)
      let (left, right) = (ExactDecimal(coefficient: a, scale: x), ExactDecimal(coefficient: b, scale: y))
      #expect((left == right) == (expected == 0))
      #expect(left.normalized.hashValue == left.hashValue)
    }
  }
}
