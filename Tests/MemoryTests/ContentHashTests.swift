import Testing

@testable import Memory

struct ContentHashTests {
  @Test func itIsTheHashThatXxhsumPrints() {
    // The published value of XXH3-128 for no bytes.
    #expect(ContentHash([]).description == "99aa06d3014798d86001c324468d497f")
  }

  @Test func aHashOfPartsDependsOnTheirOrder() {
    let (a, b) = (ContentHash([1]), ContentHash([2]))
    #expect(ContentHash(ofParts: [a]) == a)
    #expect(ContentHash(ofParts: [a, b]) != ContentHash(ofParts: [b, a]))
  }

  @Test func aRunningHashDoesNotDependOnThePieces() {
    let bytes = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let running = RunningHash()
    running.add(bytes, 0..<17)
    running.add(bytes, 17..<4096)
    running.add(bytes, 4096..<5000)
    #expect(running.hash == ContentHash(bytes))
  }
}
