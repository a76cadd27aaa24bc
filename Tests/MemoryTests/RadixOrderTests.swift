import Testing

@testable import Memory

@Suite struct RadixOrderTests {
  @Test(arguments: [0, 1, 7, 12, 33, 64])
  func isTheStableOrderOfTheWords(_ bits: Int) {
    var state: UInt64 = 7
    for count in [0, 1, 2, 500, 5000] {
      let words = (0..<count).map { _ -> UInt64 in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let word = bits == 0 ? 0 : state >> UInt64(64 - bits)
        return word % 3 == 0 ? word : word & 0xFF & (bits == 64 ? .max : (1 << UInt64(bits)) - 1)
      }
      let order = RadixOrder(words, bits: bits)
      #expect(order.places == words.indices.sorted { (words[$0], $0) < (words[$1], $1) }.map { Int32($0) })
      let sorted = order.places.map { words[Int($0)] }
      #expect(order.beginsAnew == sorted.indices.map { $0 == 0 || sorted[$0] != sorted[$0 - 1] })
    }
  }
}
