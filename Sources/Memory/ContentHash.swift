import CXxhash

/// XXH3, 128 bits: tells contents apart at the speed of memory; not a safeguard against forgery.
public struct ContentHash: Hashable, Sendable, CustomStringConvertible {
  public let high: UInt64
  public let low: UInt64

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  public init(_ bytes: [UInt8]) { self.init(bytes, in: 0..<bytes.count) }

  public init(_ bytes: [UInt8], in range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= bytes.count)
    let hash = unsafe bytes.withUnsafeBytes {
      unsafe weir_xxh3($0.baseAddress.map { unsafe $0 + range.lowerBound }, range.count)
    }
    self.init(high: hash.high64, low: hash.low64)
  }

  /// The hash of a content that was hashed in parts: that of the parts' 16-byte hashes (big-endian, as they print) one after the other. One part
  /// is its own hash, so a small file has the hash that `xxhsum -H2` prints.
  public init(ofParts parts: [ContentHash]) {
    if parts.count == 1 {
      self = parts[0]
      return
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(parts.count * 16)
    for part in parts {
      for word in [part.high, part.low] {
        for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
      }
    }
    self.init(bytes)
  }

  /// 32 hexadecimal digits, as `xxhsum -H2` prints them.
  public var description: String {
    [high, low].map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}
