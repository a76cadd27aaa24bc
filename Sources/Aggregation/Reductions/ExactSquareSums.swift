import Diagnostics

/// Exact sums of squares of integers of up to 128 bits, one a group.
///
/// A square has up to 256 bits, cut into four parts of 64; each part has a 128-bit sum, which 2^63 rows cannot fill. The upper two exist once a number
/// came that needs more than 64 bits.
struct ExactSquareSums {
  private var first: [UInt128] = []
  private var second: [UInt128] = []
  private var third: [UInt128] = []
  private var fourth: [UInt128] = []
  private var groupCount = 0
  private var isWide = false

  mutating func grow(to groupCount: Int) {
    self.groupCount = max(groupCount, self.groupCount)
    first.grow(to: groupCount, with: 0)
    second.grow(to: groupCount, with: 0)
    if isWide { widen() }
  }

  private mutating func widen() {
    isWide = true
    third.grow(to: groupCount, with: 0)
    fourth.grow(to: groupCount, with: 0)
  }

  mutating func add(_ values: [Int64], groups: [UInt32], present: [Bool]?) {
    precondition(values.count == groups.count)
    Self.add(values, groups, present, into: &first, and: &second)
  }

  private static func add(
    _ values: [Int64], _ groups: [UInt32], _ present: [Bool]?, into low: inout [UInt128], and high: inout [UInt128]
  ) {
    var lows = low.mutableSpan
    var highs = high.mutableSpan
    for row in values.indices {
      if let present, !present[row] { continue }
      let square = values[row].magnitude.multipliedFullWidth(by: values[row].magnitude)
      let group = Int(groups[row])
      lows[group] &+= UInt128(square.low)
      highs[group] &+= UInt128(square.high)
    }
  }

  mutating func add(_ values: [Int128], groups: [UInt32], present: [Bool]?) {
    precondition(values.count == groups.count)
    widen()
    for row in values.indices {
      if let present, !present[row] { continue }
      let square = values[row].magnitude.multipliedFullWidth(by: values[row].magnitude)
      let group = Int(groups[row])
      first[group] &+= UInt128(UInt64(truncatingIfNeeded: square.low))
      second[group] &+= square.low >> 64
      third[group] &+= UInt128(UInt64(truncatingIfNeeded: square.high))
      fourth[group] &+= square.high >> 64
    }
  }

  mutating func merge(_ other: ExactSquareSums, mapping: [UInt32]) {
    if other.isWide { widen() }
    for theirs in mapping.indices where mapping[theirs] != skippedGroup {
      let group = Int(mapping[theirs])
      first[group] &+= other.first[theirs]
      second[group] &+= other.second[theirs]
      if other.isWide {
        third[group] &+= other.third[theirs]
        fourth[group] &+= other.fourth[theirs]
      }
    }
  }

  func exact(_ group: Int) -> BigInteger {
    var sum = BigInteger(0)
    for (place, bits) in [first[group], second[group], isWide ? third[group] : 0, isWide ? fourth[group] : 0]
      .enumerated()
    {
      sum = sum + BigInteger(Int128(bits >> 64)).shifted(left: 64 * place + 64)
      sum = sum + BigInteger(Int128(UInt64(truncatingIfNeeded: bits))).shifted(left: 64 * place)
    }
    return sum
  }

  func write(to writer: inout StateWriter) {
    writer.put(first)
    writer.put(second)
    writer.put(isWide ? UInt8(1) : 0)
    if isWide {
      writer.put(third)
      writer.put(fourth)
    }
  }

  mutating func read(from reader: inout StateReader, groupCount: Int) throws(RunFailure) {
    self.groupCount = groupCount
    first = try reader.array(count: groupCount)
    second = try reader.array(count: groupCount)
    isWide = try reader.integer(UInt8.self) == 1
    if isWide {
      third = try reader.array(count: groupCount)
      fourth = try reader.array(count: groupCount)
    }
  }
}
