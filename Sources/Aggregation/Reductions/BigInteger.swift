/// A whole number of any size, for results that no fixed width holds on the way. Used once a group, never once a row.
struct BigInteger {
  /// Base 2^32, the lowest first, no zeros at the end; empty is 0.
  private var limbs: [UInt32]
  private(set) var isNegative: Bool

  private init(limbs: [UInt32], isNegative: Bool) {
    self.limbs = limbs
    while self.limbs.last == 0 { self.limbs.removeLast() }
    self.isNegative = isNegative && !self.limbs.isEmpty
  }

  init(_ value: Int128) {
    var rest = value.magnitude
    var limbs: [UInt32] = []
    while rest > 0 {
      limbs.append(UInt32(truncatingIfNeeded: rest))
      rest >>= 32
    }
    self.init(limbs: limbs, isNegative: value < 0)
  }

  /// `digits` in base 2^32, and above them a signed `carry`.
  init(twosComplement digits: [UInt32], carry: Int64) {
    var all = digits + [UInt32(truncatingIfNeeded: carry), UInt32(truncatingIfNeeded: carry >> 32)]
    if carry < 0 {
      var one: UInt64 = 1
      for index in all.indices {
        one += UInt64(~all[index])
        all[index] = UInt32(truncatingIfNeeded: one)
        one >>= 32
      }
    }
    self.init(limbs: all, isNegative: carry < 0)
  }

  var isZero: Bool { limbs.isEmpty }

  static func * (left: BigInteger, right: BigInteger) -> BigInteger {
    var product = [UInt32](repeating: 0, count: left.limbs.count + right.limbs.count)
    for i in left.limbs.indices {
      var carry: UInt64 = 0
      for j in right.limbs.indices {
        carry += UInt64(left.limbs[i]) * UInt64(right.limbs[j]) + UInt64(product[i + j])
        product[i + j] = UInt32(truncatingIfNeeded: carry)
        carry >>= 32
      }
      product[i + right.limbs.count] = UInt32(carry)
    }
    return BigInteger(limbs: product, isNegative: left.isNegative != right.isNegative)
  }

  static prefix func - (value: BigInteger) -> BigInteger {
    BigInteger(limbs: value.limbs, isNegative: !value.isNegative)
  }

  static func - (left: BigInteger, right: BigInteger) -> BigInteger { left + -right }

  static func + (left: BigInteger, right: BigInteger) -> BigInteger {
    let count = max(left.limbs.count, right.limbs.count) + 1
    var digits: [UInt32] = []
    var carry: Int64 = 0
    for index in 0..<count {
      carry += left.signedLimb(index) + right.signedLimb(index)
      digits.append(UInt32(truncatingIfNeeded: carry))
      carry >>= 32
    }
    return BigInteger(twosComplement: digits, carry: carry)
  }

  private func signedLimb(_ index: Int) -> Int64 {
    guard index < limbs.count else { return 0 }
    return isNegative ? -Int64(limbs[index]) : Int64(limbs[index])
  }

  func shifted(left bits: Int) -> BigInteger {
    var shifted = [UInt32](repeating: 0, count: bits / 32)
    var carry: UInt64 = 0
    for limb in limbs {
      carry |= UInt64(limb) << UInt64(bits % 32)
      shifted.append(UInt32(truncatingIfNeeded: carry))
      carry >>= 32
    }
    shifted.append(UInt32(carry))
    return BigInteger(limbs: shifted, isNegative: isNegative)
  }

  /// 10^exponent
  static func powerOfTen(_ exponent: Int) -> BigInteger {
    var power = BigInteger(1)
    for _ in 0..<exponent { power = power * BigInteger(10) }
    return power
  }

  /// The uppermost 64 bits of the magnitude, with the lowest of them set where anything below was cut, and the exponent of that lowest bit.
  private func top() -> (bits: UInt64, exponent: Int) {
    guard let last = limbs.last else { return (0, 0) }
    let length = limbs.count * 32 - last.leadingZeroBitCount
    let exponent = max(0, length - 64)
    var bits: UInt64 = 0
    var cut = false
    for index in limbs.indices {
      let place = index * 32 - exponent
      if place <= -32 {
        cut = cut || limbs[index] != 0
      } else if place < 0 {
        cut = cut || limbs[index] & ((1 << UInt32(-place)) - 1) != 0
        bits |= UInt64(limbs[index]) >> UInt64(-place)
      } else {
        bits |= UInt64(limbs[index]) << UInt64(place)
      }
    }
    return (cut ? bits | 1 : bits, exponent)
  }

  /// The nearest float to this times 2^exponent, ties to even; an infinity past the greatest.
  ///
  /// Exact for results below the normal range too, as long as the number is a whole multiple of the smallest float.
  func double(exponent: Int) -> Double {
    let (bits, shift) = top()
    if bits == 0 { return 0 }
    var scale = exponent + shift
    var value = Double(bits)
    // In steps, so that no power of two on the way is out of range.
    while scale > 900 {
      value *= 0x1p900
      scale -= 900
    }
    while scale < -900 {
      value *= 0x1p-900
      scale += 900
    }
    value *= Double(sign: .plus, exponent: scale, significand: 1)
    return isNegative ? -value : value
  }

  /// This over another, within two units of the last place of a float. Both are brought near 1 first, so only the result can be out of range.
  func ratio(to divisor: BigInteger, exponent: Int = 0) -> Double {
    let (above, aboveExponent) = top()
    let (below, belowExponent) = divisor.top()
    if above == 0 { return 0 }
    var quotient = Double(above) / Double(below)
    var scale = aboveExponent - belowExponent + exponent
    while scale > 900 {
      quotient *= 0x1p900
      scale -= 900
    }
    while scale < -900 {
      quotient *= 0x1p-900
      scale += 900
    }
    quotient *= Double(sign: .plus, exponent: scale, significand: 1)
    return isNegative != divisor.isNegative ? -quotient : quotient
  }
}
