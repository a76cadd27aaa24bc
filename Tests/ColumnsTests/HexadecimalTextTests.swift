import Testing

@testable import Columns

struct HexadecimalTextTests {
  @Test func everyNumberOf38DigitsIsReadAndNoneBeyond() throws {
    let largest = "4b3b4ca85a86c47a098a223fffffffff"
    #expect(try HexadecimalText.parse(Array(largest.utf8)) == DecimalArithmetic.bound - 1)
    #expect(try HexadecimalText.parse(Array(("0x" + String(repeating: "0", count: 32) + largest).utf8)) > 0)
    for text in ["4b3b4ca85a86c47a098a224000000000", "100000000000000000000000000000000"] {
      #expect(throws: HexadecimalText.Problem.tooWide) { try HexadecimalText.parse(Array(text.utf8)) }
    }
    for digits in [32, 33, 48, 64, 65, 1_000] {
      #expect(throws: HexadecimalText.Problem.tooWide) {
        try HexadecimalText.parse(Array(repeating: UInt8(ascii: "f"), count: digits))
      }
    }
  }

  @Test func agreesWithTheStandardLibrary() throws {
    for _ in 0..<1_000 {
      let value = UInt64.random(in: .min ... .max)
      for text in [String(value, radix: 16), "0x" + String(value, radix: 16, uppercase: true)] {
        #expect(try HexadecimalText.parse(Array(text.utf8)) == Int128(value))
      }
    }
  }

  @Test(arguments: ["", "0x", "0X", "x1", "0x0x1", " 1", "1 ", "-1", "g", "ffffffffffffffffffffffffffffffffg"])
  func anythingElseIsNoNumber(_ text: String) {
    #expect(throws: HexadecimalText.Problem.notHexadecimal) { try HexadecimalText.parse(Array(text.utf8)) }
  }
}
