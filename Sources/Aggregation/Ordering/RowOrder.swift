import Columns
import Memory

/// The order of rows by some columns, as words: a row stands before another where its first differing word is less.
///
/// Texts are ranked by bytes, wide decimals take two words, and a column that misses values has a word before it that puts them last.
struct RowOrder {
  let count: Int
  private(set) var words: [[Int64]] = []

  /// - Parameter keys: columns of `count` rows each, the most significant first. Lists are no keys (`precondition`).
  init(_ keys: [(column: Column, descending: Bool)], count: Int) {
    self.count = count
    for key in keys { append(key.column, descending: key.descending) }
  }

  private mutating func append(_ column: Column, descending: Bool) {
    precondition(column.count == count)
    let present = column.present
    if let present, present.contains(false) { words.append(present.map { $0 ? 0 : 1 }) }
    var fresh: [[Int64]]
    switch column.values {
    case .texts(let texts): fresh = [Self.ranks(texts, present)]
    case .decimals128(let values, _):
      fresh = [
        values.map { Int64(truncatingIfNeeded: $0 >> 64) },
        values.map { Int64(bitPattern: UInt64(truncatingIfNeeded: $0) ^ (1 << 63)) },
      ]
    default: fresh = [OrderedWord.words(column)]
    }
    for index in fresh.indices {
      if descending { for row in 0..<count { fresh[index][row] = ~fresh[index][row] } }
      // What stands where a value is missing must not order rows.
      if let present { for row in 0..<count where !present[row] { fresh[index][row] = 0 } }
    }
    words += fresh
  }

  /// The rank of each row's text among the distinct texts.
  private static func ranks(_ texts: TextValues, _ present: [Bool]?) -> [Int64] {
    let recoder = TextRecoder()
    let codes = recoder.words(of: texts, present: present)
    let interner = recoder.dictionary.interner
    let bytes = interner.bytes
    // Eight bytes at a time decide almost every comparison.
    let prefixes = (0..<interner.count).map { code -> UInt64 in
      let range = interner.range(of: code)
      var prefix: UInt64 = 0
      for index in 0..<8 {
        prefix = prefix << 8 | (index < range.count ? UInt64(bytes[range.lowerBound + index]) : 0)
      }
      return prefix
    }
    let order = (0..<interner.count).sorted { left, right in
      if prefixes[left] != prefixes[right] { return prefixes[left] < prefixes[right] }
      return BytewiseOrder.compare(
        bytes.span.extracting(interner.range(of: left)), bytes.span.extracting(interner.range(of: right))) < 0
    }
    var ranks = [Int64](repeating: 0, count: order.count)
    for rank in order.indices { ranks[order[rank]] = Int64(rank) }
    if ranks.isEmpty { return codes }
    return codes.map { ranks[Int($0)] }
  }

  /// Whether a row stands before another; rows equal in all keys by their number.
  @inline(__always)
  func precedes(_ left: Int32, _ right: Int32) -> Bool {
    for column in words {
      let (a, b) = (column[Int(left)], column[Int(right)])
      if a != b { return a < b }
    }
    return left < right
  }

  /// Whether two rows are equal in all keys.
  func ties(_ left: Int32, _ right: Int32) -> Bool {
    words.allSatisfy { $0[Int(left)] == $0[Int(right)] }
  }

  /// The rows that stand before a row or are equal to it in all keys.
  func notBehind(_ row: Int32) -> [Int32] {
    (0..<Int32(count)).filter { other in
      for column in words {
        let (a, b) = (column[Int(other)], column[Int(row)])
        if a != b { return a < b }
      }
      return true
    }
  }

  /// All words of a row in one, which compares as they do, behind a number below `groupCount`; nil where 64 bits do
  /// not hold that.
  func packed(behind groups: [UInt32], groupCount: Int) -> (words: [UInt64], bits: Int)? {
    var ranges: [(least: Int64, bits: Int)] = []
    var bits = 64 - max(groupCount - 1, 0).leadingZeroBitCount
    for column in words {
      var (least, greatest) = (column.first ?? 0, column.first ?? 0)
      for word in column {
        least = min(least, word)
        greatest = max(greatest, word)
      }
      ranges.append((least, 64 - UInt64(bitPattern: greatest &- least).leadingZeroBitCount))
      bits += ranges[ranges.count - 1].bits
    }
    guard bits <= 64 else { return nil }
    var packed = groups.map { UInt64($0) }
    for (column, range) in zip(words, ranges) {
      let shift = UInt64(range.bits)
      packed = elementwise(packed, column) {
        (range.bits < 64 ? $0 &<< shift : 0) | UInt64(bitPattern: $1 &- range.least)
      }
    }
    return (packed, bits)
  }

  /// All rows in order.
  func sorted() -> [Int32] {
    guard let first = words.first else { return (0..<Int32(count)).map { $0 } }
    if let packed = packed(behind: [UInt32](repeating: 0, count: count), groupCount: 1) {
      return RadixOrder(packed.words, bits: packed.bits).places
    }
    // The first word lies beside the row; it settles most comparisons without a look elsewhere.
    struct Entry {
      var word: Int64
      var row: Int32
    }
    var entries: [Entry] = []
    entries.reserveCapacity(count)
    for row in 0..<count { entries.append(Entry(word: first[row], row: Int32(truncatingIfNeeded: row))) }
    if words.count == 1 {
      entries.sort { $0.word != $1.word ? $0.word < $1.word : $0.row < $1.row }
    } else {
      let rest = Array(words.dropFirst())
      entries.sort { left, right in
        if left.word != right.word { return left.word < right.word }
        for column in rest {
          let (a, b) = (column[Int(left.row)], column[Int(right.row)])
          if a != b { return a < b }
        }
        return left.row < right.row
      }
    }
    return entries.map(\.row)
  }

  /// The first `limit` rows in order, without ordering the rest.
  func first(_ limit: Int) -> [Int32] {
    guard limit < count else { return sorted() }
    guard limit > 0 else { return [] }
    // A heap whose root is the last of the rows kept.
    var heap: [Int32] = []
    heap.reserveCapacity(limit)
    for row in 0..<Int32(count) {
      if heap.count < limit {
        heap.append(row)
        var place = heap.count - 1
        while place > 0, precedes(heap[(place - 1) / 2], heap[place]) {
          heap.swapAt(place, (place - 1) / 2)
          place = (place - 1) / 2
        }
      } else if precedes(row, heap[0]) {
        heap[0] = row
        var place = 0
        while true {
          var greatest = place
          let child = 2 * place + 1
          if child < limit, precedes(heap[greatest], heap[child]) { greatest = child }
          if child + 1 < limit, precedes(heap[greatest], heap[child + 1]) { greatest = child + 1 }
          if greatest == place { break }
          heap.swapAt(place, greatest)
          place = greatest
        }
      }
    }
    heap.sort { precedes($0, $1) }
    return heap
  }
}
