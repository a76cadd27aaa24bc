import Testing

@testable import Formats

@Suite struct JSONExponentTests {
  @Test(arguments: [
    ("1e2", "100"), ("1.5e3", "1500"), ("-2.5E-2", "-0.025"), ("1.25e1", "12.5"), ("0e0", "0"), ("7", "7"),
    ("1E+0", "1"), ("123.456e-5", "0.00123456"), ("1e999", "1e999"), ("e5", "e5"), ("1e", "1e"),
  ])
  func isWrittenOutExactly(_ text: String, _ plain: String) {
    #expect(String(decoding: JSONExponent.plain(Array(text.utf8)), as: UTF8.self) == plain)
  }
}
