import Columns
import Testing

@Suite struct DecimalTextTests {
  @Test func textReadsBackToTheSameDigitsAndScale() {
    for scale in 0...38 {
      for coefficient in [0, 1, -1, 10, -12_345, 1 << 100, DecimalArithmetic.bound - 1, 1 - DecimalArithmetic.bound]
        as [Int128]
      {
        let value = ExactDecimal(coefficient: coefficient, scale: scale)
        let back = ExactDecimal(value.description)
        #expect(back?.coefficient == coefficient && back?.scale == scale, "\(value)")
      }
    }
  }

  @Test(arguments: ["", "-", ".", "+.", "1e3", " 1", "1 ", "1,000", "--1", "1.2.3", "0x1", "∞", "1_0", "NaN"])
  func whatIsNoDecimalIsRefused(_ text: String) { #expect(ExactDecimal(text) == nil) }

  @Test func thirtyEightDigitsAreReadAndThirtyNineAreNot() {
    let nines = String(repeating: "9", count: 38)
    #expect(ExactDecimal(nines)?.coefficient == DecimalArithmetic.bound - 1)
    #expect(ExactDecimal("0000" + nines)?.coefficient == DecimalArithmetic.bound - 1)
    #expect(ExactDecimal(nines + "0") == nil)
    #expect(ExactDecimal("." + nines)?.scale == 38)
    #expect(ExactDecimal("1" + String(repeating: "0", count: 38)) == nil)
  }

  @Test(arguments: [
    (Int128(1_250_000), 4, 0, "125"), (1_250_000, 4, 2, "125.00"), (1_250_100, 4, 2, "125.01"),
    (1_250_001, 4, 2, "125.0001"), (-5, 2, 0, "-0.05"), (0, 6, 2, "0.00"), (7, 0, 2, "7.00"),
  ])
  func atLeastTheAskedDecimalsAreWrittenAndNoZeroBeyond(
    _ coefficient: Int128, _ scale: Int, _ minimum: Int, _ text: String
  ) {
    var bytes: [UInt8] = []
    DecimalText.append(coefficient, scale: scale, minimumDecimals: minimum, to: &bytes)
    #expect(String(decoding: bytes, as: UTF8.self) == text)
  }
}
