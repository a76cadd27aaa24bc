/// What a probe table is keyed by: one or two words.
protocol ProbeKey: Equatable, Sendable {
  static var zero: Self { get }
  var hash: UInt64 { get }
}

struct WordKey: ProbeKey {
  var word: Int64

  static let zero = WordKey(word: 0)

  @inline(__always) var hash: UInt64 { Mixing.mix(UInt64(bitPattern: word)) }
}

struct PairKey: ProbeKey {
  var first: Int64
  var second: Int64

  static let zero = PairKey(first: 0, second: 0)

  @inline(__always) var hash: UInt64 {
    Mixing.mix(UInt64(bitPattern: first) &* 0x9E37_79B9_7F4A_7C15 ^ Mixing.mix(UInt64(bitPattern: second)))
  }
}

enum Mixing {
  /// The first half of MurmurHash3's 64-bit finalizer: the high bits depend on all.
  @inline(__always) static func mix(_ word: UInt64) -> UInt64 {
    let folded = (word ^ (word >> 32)) &* 0xff51_afd7_ed55_8ccd
    return (folded ^ (folded >> 29)) &* 0xc4ce_b9fe_1a85_ec53
  }
}

/// Distinct keys numbered densely from 0 in the order of arrival.
///
/// Open addressing with linear probing. A slot is 8 bytes: 32 bits of the hash, which settle nearly every comparison and all that growing needs, and
/// the number of the key; keys lie apart, by number.
struct ProbeTable<Key: ProbeKey>: Sendable {
  /// Hash bits above, number + 1 below; 0 is free.
  private var slots: [UInt64]
  private(set) var keys: [Key] = []
  /// From the 32 hash bits to a place.
  private var shift: UInt64

  init() {
    slots = [UInt64](repeating: 0, count: 64)
    shift = 58
  }

  var count: Int { keys.count }

  /// Makes room, so that this many keys more need no growth on the way.
  mutating func reserve(_ more: Int) {
    var capacity = slots.count
    while (count + more) * 4 > capacity * 3 { capacity *= 2 }
    if capacity > slots.count { grow(to: capacity) }
  }

  private mutating func grow(to capacity: Int) {
    var larger = [UInt64](repeating: 0, count: capacity)
    shift = UInt64(64 - capacity.trailingZeroBitCount)
    let mask = capacity - 1
    for slot in slots where slot != 0 {
      var place = Int(truncatingIfNeeded: (slot & Self.hashBits) >> shift)
      while larger[place] != 0 { place = (place &+ 1) & mask }
      larger[place] = slot
    }
    slots = larger
  }

  private static var hashBits: UInt64 { 0xFFFF_FFFF_0000_0000 }

  /// The number of a key, given one now if it is new. `reserve` comes first.
  @inline(__always)
  mutating func number(of key: Key) -> UInt32 {
    let mask = slots.count - 1
    let tag = key.hash & Self.hashBits
    var place = Int(truncatingIfNeeded: tag >> shift)
    while true {
      let slot = slots[place]
      if slot == 0 { break }
      if slot & Self.hashBits == tag {
        let number = UInt32(truncatingIfNeeded: slot) &- 1
        if keys[Int(number)] == key { return number }
      }
      place = (place &+ 1) & mask
    }
    keys.append(key)
    slots[place] = tag | UInt64(keys.count)
    return UInt32(keys.count - 1)
  }

  /// A number that belongs to no key: the caller's own.
  mutating func takeNumber() -> UInt32 {
    keys.append(.zero)
    return UInt32(keys.count - 1)
  }

  /// The number of a key that is here already, else -1.
  @inline(__always)
  func existing(_ key: Key) -> Int32 {
    let mask = slots.count - 1
    let tag = key.hash & Self.hashBits
    var place = Int(truncatingIfNeeded: tag >> shift)
    while true {
      let slot = slots[place]
      if slot == 0 { return -1 }
      if slot & Self.hashBits == tag {
        let number = UInt32(truncatingIfNeeded: slot) &- 1
        if keys[Int(number)] == key { return Int32(bitPattern: number) }
      }
      place = (place &+ 1) & mask
    }
  }
}

extension ProbeTable where Key == WordKey {
  /// In blocks, so that room is made for a block of new keys and not for a whole table of them.
  mutating func assign(_ words: [Int64], into numbers: inout [UInt32]) {
    precondition(words.count == numbers.count)
    for start in stride(from: 0, to: words.count, by: 4096) {
      let end = min(start + 4096, words.count)
      reserve(end - start)
      for row in start..<end { numbers[row] = number(of: WordKey(word: words[row])) }
    }
  }
}

extension ProbeTable where Key == PairKey {
  mutating func assign(_ first: [Int64], _ second: [Int64], into numbers: inout [UInt32]) {
    precondition(first.count == numbers.count && second.count == numbers.count)
    for start in stride(from: 0, to: first.count, by: 4096) {
      let end = min(start + 4096, first.count)
      reserve(end - start)
      for row in start..<end { numbers[row] = number(of: PairKey(first: first[row], second: second[row])) }
    }
  }

  /// Takes in keys without asking for their numbers; rows that the mask leaves out are skipped.
  mutating func insert(_ first: [UInt32], _ second: [Int64], present: [Bool]?) {
    precondition(first.count == second.count)
    for start in stride(from: 0, to: first.count, by: 4096) {
      let end = min(start + 4096, first.count)
      reserve(end - start)
      for row in start..<end {
        if let present, !present[row] { continue }
        _ = number(of: PairKey(first: Int64(first[row]), second: second[row]))
      }
    }
  }
}
