import Testing

@testable import Planning

@Suite struct VersionTests {
  @Test(arguments: [
    (">=0.1", true), (">=0.1.1", false), (">0.1", false), ("<0.2", true), ("<=0.1", true), ("=0.1.0", true),
    (">=0.1 <2", true), (">=0.1, <0.1", false), (">=99", false),
  ])
  func aRangeHoldsVersions(_ text: String, _ holds: Bool) throws {
    #expect(try #require(VersionRange(text)).contains(try #require(Version("0.1"))) == holds)
  }

  @Test(arguments: ["", "0.1", "soon", ">=", ">=1.2.3.4", "=>1", ">=1..2", ">= 1", ">=-1"])
  func whatIsNoRangeIsNone(_ text: String) { #expect(VersionRange(text) == nil) }
}
