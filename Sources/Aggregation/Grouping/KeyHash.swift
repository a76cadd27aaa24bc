import Columns
import Memory

/// Hashes of keys by their values alone: the same for every worker, dictionary and width of storage.
enum KeyHash {
  /// Makes these hashes other than those of `ProbeTable`: the keys of one partition share their first bits, and would lie
  /// in one heap in a table that went by the same.
  private static let seed: UInt64 = 0x243F_6A88_85A3_08D3

  /// One hash a row over all key columns.
  static func hashes(_ keys: [Column], count: Int) -> [UInt64] {
    var hashes = [UInt64](repeating: seed, count: count)
    for key in keys { mix(key, into: &hashes) }
    return hashes
  }

  private static func mix(_ column: Column, into hashes: inout [UInt64]) {
    let present = column.present
    switch column.values {
    case .ints(let values), .timestamps(let values), .decimals64(let values, _): mix(values, present, into: &hashes)
    case .dates(let values): mix(values, present, into: &hashes)
    case .bools(let values): mix(values.map { $0 ? Int64(1) : 0 }, present, into: &hashes)
    case .floats(let values): mix(values.map { WordCoder.word(of: $0) }, present, into: &hashes)
    case .decimals128(let values, _): mix(values.map { folded($0) }, present, into: &hashes)
    case .texts(let texts): mix(words(of: texts), present, into: &hashes)
    case .lists(let lists): mix((0..<lists.count).map { Int64(lists.range(of: $0).count) }, present, into: &hashes)
    }
  }

  private static func mix<Word: FixedWidthInteger>(_ words: [Word], _ present: [Bool]?, into hashes: inout [UInt64]) {
    precondition(words.count == hashes.count && (present == nil || present!.count == words.count))
    if let present {
      for row in hashes.indices {
        let word = present[row] ? UInt64(truncatingIfNeeded: words[row]) : 0x5bd1_e995_97f4_a7c5
        hashes[row] = Mixing.mix(hashes[row] &* 0x9E37_79B9_7F4A_7C15 ^ word)
      }
    } else {
      for row in hashes.indices {
        hashes[row] = Mixing.mix(hashes[row] &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: words[row]))
      }
    }
  }

  /// The number itself where it fits 64 bits.
  private static func folded(_ value: Int128) -> Int64 {
    let low = Int64(truncatingIfNeeded: value)
    if Int128(low) == value { return low }
    return Int64(bitPattern: Mixing.mix(UInt64(truncatingIfNeeded: value >> 64))) ^ low
  }

  private static func words(of texts: TextValues) -> [Int64] {
    switch texts {
    case .coded(let codes, let dictionary):
      let interner = dictionary.interner
      return codes.map { Int64(interner.hash(of: Int($0))) }
    case .plain(let ends, _):
      return ends.indices.map { row in texts.withBytes(of: row) { Int64(TextInterner.hash($0)) } }
    }
  }
}
