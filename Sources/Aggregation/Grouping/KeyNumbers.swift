/// Distinct keys of any number of words, numbered densely from 0 in the order of arrival.
///
/// One word and two words have a table each; longer keys go through a chain of two-word tables: (number so far, next word).
struct KeyNumbers {
  private var single = ProbeTable<WordKey>()
  private var chain: [ProbeTable<PairKey>] = []
  /// The number of the missing value, where the only key is 64 bits wide and leaves no word free for it.
  private var missing: UInt32?
  private let packing: KeyPacking
  private let bias: [Int64]
  private let isSingleWide: Bool

  init(isNarrow: [Bool], bias: [Int64]) {
    precondition(!isNarrow.isEmpty)
    packing = KeyPacking(isNarrow: isNarrow)
    self.bias = bias
    isSingleWide = isNarrow == [false]
    if !isSingleWide { chain = Array(repeating: ProbeTable(), count: packing.wordCount - 1) }
  }

  var count: Int { chain.last?.count ?? single.count }

  /// Gives every row its number.
  mutating func assign(_ words: [[Int64]], _ present: [[Bool]?], into numbers: inout [UInt32]) {
    if isSingleWide {
      if let mask = present[0] {
        assign(words[0], mask, into: &numbers)
      } else {
        single.assign(words[0], into: &numbers)
      }
      return
    }
    let packed = packing.packed(words, present, bias: bias, count: numbers.count)
    if chain.isEmpty {
      single.assign(packed[0], into: &numbers)
      return
    }
    chain[0].assign(packed[0], packed[1], into: &numbers)
    for step in chain.indices.dropFirst() {
      let before = numbers.map { Int64($0) }
      chain[step].assign(before, packed[step + 1], into: &numbers)
    }
  }

  private mutating func assign(_ words: [Int64], _ mask: [Bool], into numbers: inout [UInt32]) {
    single.reserve(words.count)
    for row in words.indices {
      if mask[row] {
        numbers[row] = single.number(of: WordKey(word: words[row]))
      } else {
        if missing == nil { missing = single.takeNumber() }
        numbers[row] = missing!
      }
    }
  }

  /// The number of every row's key, -1 where it has none yet.
  func existing(_ words: [[Int64]], _ present: [[Bool]?], count: Int) -> [Int32] {
    var numbers = [Int32](repeating: -1, count: count)
    if isSingleWide {
      let mask = present[0]
      for row in 0..<count {
        if mask == nil || mask![row] {
          numbers[row] = single.existing(WordKey(word: words[0][row]))
        } else if let missing {
          numbers[row] = Int32(missing)
        }
      }
      return numbers
    }
    let packed = packing.packed(words, present, bias: bias, count: count)
    if chain.isEmpty {
      for row in 0..<count { numbers[row] = single.existing(WordKey(word: packed[0][row])) }
      return numbers
    }
    for row in 0..<count { numbers[row] = chain[0].existing(PairKey(first: packed[0][row], second: packed[1][row])) }
    for step in chain.indices.dropFirst() {
      for row in 0..<count where numbers[row] >= 0 {
        numbers[row] = chain[step].existing(PairKey(first: Int64(numbers[row]), second: packed[step + 1][row]))
      }
    }
    return numbers
  }
}
