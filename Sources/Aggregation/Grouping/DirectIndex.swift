import Memory

/// Group numbers by array slot: for keys whose words lie in ranges with a small product.
///
/// Slot of a row: per key `word - low + 1`, 0 where the value is missing, the keys combined like digits of mixed base.
struct DirectIndex {
  private var lows: [Int64]
  /// Per key: words in the range, and one for a missing value. 0 before the first word came.
  private var sizes: [Int]
  /// Group + 1; 0 is free.
  private var slots: [UInt32] = []

  /// 512 KB: stays in the second-level cache. More only where no more than so many slots come to a row or group: a look
  /// into a far cache still costs less than a hash.
  private static let slotLimit = 1 << 17
  private static let denseSlotLimit = 1 << 21
  private static let slotsPerRow = 256

  init(keyCount: Int) {
    lows = [Int64](repeating: 0, count: keyCount)
    sizes = [Int](repeating: 0, count: keyCount)
  }

  /// Widens the ranges so that all these words have slots; false where they would take too many, and then nothing has changed.
  ///
  /// - Parameters:
  ///   - groupWords: the words of the groups so far, one array a key.
  mutating func admit(
    _ words: [[Int64]], _ present: [[Bool]?], groupWords: [[Int64]], groupPresent: [[Bool]]
  ) -> Bool {
    let rows = (words.first?.count ?? 0) + (groupWords.first?.count ?? 0)
    let limit = max(Self.slotLimit, min(Self.denseSlotLimit, rows * Self.slotsPerRow))
    var newLows = lows
    var newSizes = sizes
    var changed = slots.isEmpty
    for key in words.indices {
      guard let (least, greatest) = Self.range(words[key], present[key]) else {
        if newSizes[key] == 0 { newSizes[key] = 1 }
        continue
      }
      var low = least
      var high = greatest
      if sizes[key] > 1 {
        low = min(low, lows[key])
        high = max(high, lows[key] + Int64(sizes[key] - 2))
      }
      let (width, overflow) = high.subtractingReportingOverflow(low)
      guard !overflow, width < Int64(limit) else { return false }
      if sizes[key] < 2 || low != lows[key] || Int(width) + 2 != sizes[key] {
        changed = true
        newLows[key] = low
        // Room for as much again above: codes and dates mostly grow.
        newSizes[key] = Int(width) + 2 + (sizes[key] > 1 ? Int(width) / 2 : 0)
      }
    }
    guard changed else { return true }
    var total = 1
    for size in newSizes {
      total *= size
      guard total <= limit else { return false }
    }
    lows = newLows
    sizes = newSizes
    slots = [UInt32](repeating: 0, count: total)
    let groupCount = groupWords.first?.count ?? 0
    let places = places(groupWords, groupPresent.map { $0 }, count: groupCount)
    for group in 0..<groupCount { slots[Int(places[group])] = UInt32(group + 1) }
    return true
  }

  private static func range(_ words: [Int64], _ present: [Bool]?) -> (Int64, Int64)? {
    var least = Int64.max
    var greatest = Int64.min
    if let present {
      for row in words.indices where present[row] {
        least = min(least, words[row])
        greatest = max(greatest, words[row])
      }
    } else {
      for word in words {
        least = min(least, word)
        greatest = max(greatest, word)
      }
    }
    return least <= greatest ? (least, greatest) : nil
  }

  private func places(_ words: [[Int64]], _ present: [[Bool]?], count: Int) -> [Int32] {
    var places = [Int32](repeating: 0, count: count)
    for key in words.indices {
      let offset = 1 &- lows[key]
      let size = Int32(sizes[key])
      let column = words[key]
      if let mask = present[key] {
        for row in 0..<count {
          let digit = mask[row] ? Int32(truncatingIfNeeded: column[row] &+ offset) : 0
          places[row] = places[row] &* size &+ digit
        }
      } else {
        for row in 0..<count {
          places[row] = places[row] &* size &+ Int32(truncatingIfNeeded: column[row] &+ offset)
        }
      }
    }
    return places
  }

  /// The groups of rows by one or two keys, where all are there already: one look a row and nothing else.
  private func known(_ words: [[Int64]], _ present: [[Bool]?]) -> [UInt32]? {
    guard words.count <= 2, present.allSatisfy({ $0 == nil }) else { return nil }
    let slots = slots
    let (low, size) = (lows[words.count - 1], sizes[words.count - 1])
    let found: [UInt32]
    if words.count == 1 {
      found = elementwise(words[0]) { slots[Int($0 &- low) &+ 1] }
    } else {
      let first = lows[0]
      found = elementwise(words[0], words[1]) {
        slots[(Int($0 &- first) &+ 1) &* size &+ Int($1 &- low) &+ 1]
      }
    }
    var isAny: UInt32 = 1
    for group in found { isAny = min(isAny, group) }
    return isAny == 0 ? nil : elementwise(found) { $0 &- 1 }
  }

  /// Gives rows their group, new groups from `groupCount` on.
  mutating func assign(
    _ words: [[Int64]], _ present: [[Bool]?], groupCount: Int, into groups: inout [UInt32], newRows: inout [Int32]
  ) {
    if let known = known(words, present) {
      groups = known
      return
    }
    let places = places(words, present, count: groups.count)
    var next = UInt32(groupCount)
    for row in groups.indices {
      let place = Int(places[row])
      var group = slots[place]
      if group == 0 {
        next += 1
        group = next
        slots[place] = group
        newRows.append(Int32(row))
      }
      groups[row] = group &- 1
    }
  }
}
