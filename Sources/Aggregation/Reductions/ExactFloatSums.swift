import Diagnostics

/// Exact sums of binary floats, one a group: the same sum for any order of additions, rounded once at the end.
///
/// A sum is a fixed-point number in limbs of 32 bits, each kept in 64 so that carries can wait. All groups share one window of limbs, as wide as the
/// exponents that came; bit 0 of limb 0 is 2^-2148, the square of the smallest float. After Kulisch's long accumulator.
struct ExactFloatSums {
  private var limbs: [Int64] = []
  private var groupCount = 0
  /// The window: limbs `base ..< base + width` of each group. The uppermost takes carries.
  private var base = 0
  private var width = 0
  /// No limb took more additions than this since carries were last passed on; each adds less than 2^32.
  private var pending = 0
  /// Infinities and not-a-numbers per group, empty while there are none.
  private var specials: [Specials] = []

  private struct Specials {
    var positive = false
    var negative = false
    var notANumber = false
  }

  static let lowestExponent = -2148

  mutating func grow(to groupCount: Int) {
    guard groupCount > self.groupCount else { return }
    self.groupCount = groupCount
    limbs.grow(to: groupCount * width, with: 0)
    if !specials.isEmpty { specials.grow(to: groupCount, with: Specials()) }
  }

  mutating func add(_ values: [Double], groups: [UInt32], present: [Bool]?) {
    precondition(values.count == groups.count)
    admit(values, square: false)
    for row in values.indices {
      if let present, !present[row] { continue }
      let value = values[row]
      guard value.isFinite else {
        note(value, Int(groups[row]))
        continue
      }
      let (significand, bit) = Self.parts(value)
      add(significand, at: bit, negative: value.sign == .minus, group: Int(groups[row]))
    }
  }

  /// Adds the exact squares.
  mutating func addSquares(_ values: [Double], groups: [UInt32], present: [Bool]?) {
    precondition(values.count == groups.count)
    admit(values, square: true)
    for row in values.indices {
      if let present, !present[row] { continue }
      let value = values[row]
      guard value.isFinite else {
        note(value * value, Int(groups[row]))
        continue
      }
      let (significand, bit) = Self.parts(value)
      let square = significand.multipliedFullWidth(by: significand)
      let place = 2 * bit + Self.lowestExponent  // bits count from 2^-2148: (b - 2148) * 2 + 2148
      add(square.low, at: place, negative: false, group: Int(groups[row]))
      add(square.high, at: place + 64, negative: false, group: Int(groups[row]))
    }
  }

  /// value = ± significand * 2^(bit - 2148)
  @inline(__always)
  private static func parts(_ value: Double) -> (UInt64, Int) {
    let bits = value.bitPattern
    let exponent = Int((bits >> 52) & 0x7FF)
    let fraction = bits & 0xF_FFFF_FFFF_FFFF
    return (exponent == 0 ? fraction : fraction | 1 << 52, max(exponent, 1) - 1 + 1074)
  }

  @inline(__always)
  private mutating func add(_ significand: UInt64, at bit: Int, negative: Bool, group: Int) {
    let first = group &* width &+ (bit >> 5 &- base)
    let shifted = UInt128(significand) << UInt128(bit & 31)
    let sign: Int64 = negative ? -1 : 1
    limbs[first] &+= sign &* Int64(truncatingIfNeeded: shifted & 0xFFFF_FFFF)
    limbs[first + 1] &+= sign &* Int64(truncatingIfNeeded: (shifted >> 32) & 0xFFFF_FFFF)
    limbs[first + 2] &+= sign &* Int64(truncatingIfNeeded: shifted >> 64)
  }

  private mutating func note(_ value: Double, _ group: Int) {
    specials.grow(to: groupCount, with: Specials())
    if value.isNaN {
      specials[group].notANumber = true
    } else if value > 0 {
      specials[group].positive = true
    } else {
      specials[group].negative = true
    }
  }

  /// Widens the window to the exponents of a batch and passes carries on before any limb could overflow.
  private mutating func admit(_ values: [Double], square: Bool) {
    var lowest = Int.max
    var highest = Int.min
    for value in values where value.isFinite && value != 0 {
      let bit = Self.parts(value).1
      lowest = min(lowest, bit)
      highest = max(highest, bit)
    }
    if lowest > highest { (lowest, highest) = (1074, 1074) }
    // A zero has the smallest exponent of all; it is added wherever the window is.
    if values.contains(0) { lowest = min(lowest, 1074) }
    if square { (lowest, highest) = (2 * lowest - 2148, 2 * highest - 2148 + 64) }
    widen(from: lowest >> 5, to: (highest >> 5) + 3)
    pending += values.count * 4
    if pending > 1 << 29 {
      passCarries()
      pending = values.count * 4
    }
  }

  private mutating func widen(from first: Int, to last: Int) {
    if width > 0, first >= base, last < base + width { return }
    passCarries()
    let newBase = width == 0 ? first : min(base, first)
    let newWidth = (width == 0 ? last : max(base + width - 1, last)) - newBase + 1
    var wider = [Int64](repeating: 0, count: groupCount * newWidth)
    for group in 0..<(width == 0 ? 0 : groupCount) {
      for limb in 0..<width { wider[group * newWidth + limb + base - newBase] = limbs[group * width + limb] }
    }
    (limbs, base, width) = (wider, newBase, newWidth)
  }

  private mutating func passCarries() {
    pending = 0
    guard width > 0 else { return }
    for group in 0..<groupCount {
      var carry: Int64 = 0
      for index in group * width..<(group + 1) * width - 1 {
        let value = limbs[index] + carry
        limbs[index] = value & 0xFFFF_FFFF
        carry = value >> 32
      }
      limbs[(group + 1) * width - 1] += carry
    }
  }

  mutating func merge(_ other: ExactFloatSums, mapping: [UInt32]) {
    if other.width > 0 {
      widen(from: other.base, to: other.base + other.width - 1)
      passCarries()
      var settled = other
      settled.passCarries()
      pending = 2
      for group in mapping.indices where mapping[group] != skippedGroup {
        let mine = Int(mapping[group]) * width + other.base - base
        for limb in 0..<other.width { limbs[mine + limb] += settled.limbs[group * other.width + limb] }
      }
    }
    if !other.specials.isEmpty {
      specials.grow(to: groupCount, with: Specials())
      for group in mapping.indices where mapping[group] != skippedGroup {
        let mine = Int(mapping[group])
        let theirs = other.specials[group]
        specials[mine].positive = specials[mine].positive || theirs.positive
        specials[mine].negative = specials[mine].negative || theirs.negative
        specials[mine].notANumber = specials[mine].notANumber || theirs.notANumber
      }
    }
  }

  /// The sum where it is not finite: an infinity, or not a number.
  func special(_ group: Int) -> Double? {
    guard !specials.isEmpty else { return nil }
    let special = specials[group]
    if special.notANumber || (special.positive && special.negative) { return .nan }
    return special.positive ? .infinity : special.negative ? -.infinity : nil
  }

  /// The exact sum, in units of 2^`exponent`.
  func exact(_ group: Int) -> (BigInteger, exponent: Int) {
    var digits: [UInt32] = []
    var carry: Int64 = 0
    for index in group * width..<(group + 1) * width {
      let value = limbs[index] + carry
      digits.append(UInt32(truncatingIfNeeded: value))
      carry = value >> 32
    }
    return (BigInteger(twosComplement: digits, carry: carry), base * 32 + Self.lowestExponent)
  }

  func sum(_ group: Int) -> Double {
    if let special = special(group) { return special }
    let (integer, exponent) = exact(group)
    return integer.double(exponent: exponent)
  }

  func write(to writer: inout StateWriter) {
    var settled = self
    settled.passCarries()
    writer.put(UInt16(base))
    writer.put(UInt16(width))
    writer.put(settled.limbs)
    writer.put(specials.map { ($0.positive ? 1 : 0) | ($0.negative ? 2 : 0) | ($0.notANumber ? 4 : 0) } as [UInt8])
  }

  mutating func read(from reader: inout StateReader, groupCount: Int) throws(RunFailure) {
    self.groupCount = groupCount
    base = Int(try reader.integer(UInt16.self))
    width = Int(try reader.integer(UInt16.self))
    // 2 * (2148 + 1024) bits hold every square; some limbs more take carries.
    guard base + width <= 256 else { throw StateReader.damaged }
    limbs = try reader.array(count: groupCount * width)
    // Settled limbs are below 2^32, but for the uppermost with its carries.
    guard limbs.allSatisfy({ $0.magnitude < 1 << 62 }) else { throw StateReader.damaged }
    pending = 1
    let flags = try reader.array(UInt8.self)
    guard flags.isEmpty || flags.count == groupCount else { throw StateReader.damaged }
    specials = flags.map {
      Specials(positive: $0 & 1 != 0, negative: $0 & 2 != 0, notANumber: $0 & 4 != 0)
    }
  }
}
