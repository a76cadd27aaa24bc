/// Packs the words of several keys of a row into as few 64-bit words as they need.
///
/// Wide keys (64 bits) take a word each; narrow ones take half a word, in which 0 is a missing value. Where any key is wide, one half holds a bit for
/// each wide key that is missing.
struct KeyPacking {
  private let isNarrow: [Bool]
  private let wideCount: Int
  let wordCount: Int

  init(isNarrow: [Bool]) {
    self.isNarrow = isNarrow
    wideCount = isNarrow.count { !$0 }
    let halves = isNarrow.count - wideCount + (wideCount > 0 ? (wideCount + 31) / 32 : 0)
    wordCount = wideCount + (halves + 1) / 2
  }

  /// - Parameter bias: of a narrow key, what is added to its words so that they are at least 1.
  func packed(_ words: [[Int64]], _ present: [[Bool]?], bias: [Int64], count: Int) -> [[Int64]] {
    var packed: [[Int64]] = []
    packed.reserveCapacity(wordCount)
    var halves: [[Int64]] = []
    var flags: [Int64] = []
    var flagCount = 0
    for key in words.indices {
      if isNarrow[key] {
        halves.append(half(words[key], present[key], bias: bias[key], count: count))
        continue
      }
      if flagCount % 32 == 0 {
        if flagCount > 0 { halves.append(flags) }
        flags = [Int64](repeating: 0, count: count)
      }
      if let mask = present[key] {
        var wide = words[key]
        let bit = Int64(1) << Int64(flagCount % 32)
        for row in 0..<count where !mask[row] {
          wide[row] = 0
          flags[row] |= bit
        }
        packed.append(wide)
      } else {
        packed.append(words[key])
      }
      flagCount += 1
    }
    if flagCount > 0 { halves.append(flags) }
    for index in stride(from: 0, to: halves.count, by: 2) {
      guard index + 1 < halves.count else {
        packed.append(halves[index])
        break
      }
      let upper = halves[index]
      let lower = halves[index + 1]
      var both = [Int64](repeating: 0, count: count)
      for row in 0..<count { both[row] = upper[row] << 32 | lower[row] }
      packed.append(both)
    }
    return packed
  }

  private func half(_ words: [Int64], _ present: [Bool]?, bias: Int64, count: Int) -> [Int64] {
    var half = [Int64](repeating: 0, count: count)
    if let present {
      for row in 0..<count where present[row] { half[row] = (words[row] &+ bias) & 0xFFFF_FFFF }
    } else {
      for row in 0..<count { half[row] = (words[row] &+ bias) & 0xFFFF_FFFF }
    }
    return half
  }
}
