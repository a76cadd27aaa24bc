import Columns
import Diagnostics

/// Exact sums of integers of up to 128 bits, one a group, that no order of additions can make overflow.
///
/// A number is split at bit 64: `value = high * 2^64 + low` with `low` from 0. Each half has a 128-bit sum, which 2^63 rows cannot fill. While every
/// number fits 64 bits only the low sums exist, and hold signed numbers whole.
struct ExactIntegerSums {
  private(set) var low: [Int128] = []
  /// Empty until a number came that needs more than 64 bits.
  private(set) var high: [Int128] = []

  mutating func grow(to groupCount: Int) {
    low.grow(to: groupCount, with: 0)
    if !high.isEmpty { high.grow(to: groupCount, with: 0) }
  }

  mutating func add(_ values: [Int64], groups: [UInt32], present: [Bool]?) {
    precondition(values.count == groups.count)
    var sums = low.mutableSpan
    if let present {
      precondition(present.count == groups.count)
      for row in values.indices { sums[Int(groups[row])] &+= present[row] ? Int128(values[row]) : 0 }
    } else {
      for row in values.indices { sums[Int(groups[row])] &+= Int128(values[row]) }
    }
  }

  mutating func add(_ values: [Int128], groups: [UInt32], present: [Bool]?) {
    precondition(values.count == groups.count)
    if high.isEmpty { high = [Int128](repeating: 0, count: low.count) }
    Self.split(values, groups, present, into: &low, &high)
  }

  private static func split(
    _ values: [Int128], _ groups: [UInt32], _ present: [Bool]?, into low: inout [Int128], _ high: inout [Int128]
  ) {
    for row in values.indices {
      if let present, !present[row] { continue }
      let group = Int(groups[row])
      low[group] &+= Int128(UInt64(truncatingIfNeeded: values[row]))
      high[group] &+= values[row] >> 64
    }
  }

  mutating func merge(_ other: ExactIntegerSums, mapping: [UInt32]) {
    if high.isEmpty, !other.high.isEmpty { high = [Int128](repeating: 0, count: low.count) }
    for group in mapping.indices where mapping[group] != skippedGroup {
      low[Int(mapping[group])] &+= other.low[group]
      if !other.high.isEmpty { high[Int(mapping[group])] &+= other.high[group] }
    }
  }

  /// The sum of a group, nil past 128 bits.
  func sum(_ group: Int) -> Int128? {
    guard !high.isEmpty else { return low[group] }
    // high * 2^64 + low: what low holds above 64 bits is carried first, so that the parts cannot overflow on the way to a sum that fits.
    let carried = high[group] + (low[group] >> 64)
    guard let upper = Int64(exactly: carried) else { return nil }
    return Int128(upper) << 64 | Int128(UInt64(truncatingIfNeeded: low[group]))
  }

  /// The sum of a group, whatever it takes.
  func exact(_ group: Int) -> BigInteger {
    guard !high.isEmpty else { return BigInteger(low[group]) }
    return BigInteger(high[group]).shifted(left: 64) + BigInteger(low[group])
  }

  func write(to writer: inout StateWriter) {
    writer.put(low)
    writer.put(high)
  }

  mutating func read(from reader: inout StateReader, groupCount: Int) throws(RunFailure) {
    low = try reader.array(count: groupCount)
    high = try reader.array()
    guard high.isEmpty || high.count == groupCount else { throw StateReader.damaged }
  }
}
