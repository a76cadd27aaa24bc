/// Words scattered over groups, as they came, for reductions that need all values at the end.
///
/// Kept in chunks, so that growing never holds two copies of everything.
struct GroupedValues<Word: FixedWidthInteger & Sendable>: Sendable {
  private struct Chunk: Sendable {
    var groups: [UInt32] = []
    var words: [Word] = []
  }

  private var chunks: [Chunk] = []
  private static var chunkSize: Int { 1 << 16 }

  init() {}

  init(groups: [UInt32], words: [Word]) {
    precondition(groups.count == words.count)
    chunks = [Chunk(groups: groups, words: words)]
  }

  var count: Int { chunks.reduce(0) { $0 + $1.words.count } }
  var groups: [UInt32] { chunks.flatMap(\.groups) }
  var words: [Word] { chunks.flatMap(\.words) }

  mutating func add(_ fresh: [Word], groups: [UInt32], present: [Bool]?) {
    precondition(fresh.count == groups.count)
    if chunks.isEmpty || chunks[chunks.count - 1].words.count + fresh.count > Self.chunkSize {
      var chunk = Chunk()
      // Small inputs stay small: only what has filled a chunk gets the next one whole.
      if !chunks.isEmpty {
        chunk.groups.reserveCapacity(Self.chunkSize)
        chunk.words.reserveCapacity(Self.chunkSize)
      }
      chunks.append(chunk)
    }
    let last = chunks.count - 1
    guard let present else {
      chunks[last].groups += groups
      chunks[last].words += fresh
      return
    }
    chunks[last].groups.append(contentsOf: groups.indices.lazy.filter { present[$0] }.map { groups[$0] })
    chunks[last].words.append(contentsOf: fresh.indices.lazy.filter { present[$0] }.map { fresh[$0] })
  }

  mutating func merge(_ other: GroupedValues, mapping: [UInt32]) {
    for chunk in other.chunks {
      let groups = chunk.groups.map { mapping[Int($0)] }
      if groups.contains(skippedGroup) {
        let taken = groups.indices.filter { groups[$0] != skippedGroup }
        if taken.isEmpty { continue }
        chunks.append(Chunk(groups: taken.map { groups[$0] }, words: taken.map { chunk.words[$0] }))
      } else {
        chunks.append(Chunk(groups: groups, words: chunk.words))
      }
    }
  }

  /// The same values in wider words.
  func widened<Wider: FixedWidthInteger & Sendable>() -> GroupedValues<Wider> {
    GroupedValues<Wider>(groups: groups, words: words.map { Wider($0) })
  }

  /// Consecutive ranges of groups, at most `parts` of them, each with about as many values.
  func ranges(_ groupCount: Int, parts: Int) -> [Range<Int>] {
    guard parts > 1 else { return [0..<groupCount] }
    var counts = [Int](repeating: 0, count: groupCount)
    for chunk in chunks { for group in chunk.groups { counts[Int(group)] += 1 } }
    var ranges: [Range<Int>] = []
    var (start, passed, total) = (0, 0, 0)
    for count in counts { total += count }
    for group in 0..<groupCount {
      passed += counts[group]
      if passed * parts >= total * (ranges.count + 1), ranges.count < parts - 1 {
        ranges.append(start..<group + 1)
        start = group + 1
      }
    }
    return ranges + [start..<groupCount]
  }

  /// The words of some groups one after the other: the `n`th of them has `ends[n - 1]..<ends[n]`, the first starts at 0.
  func byGroup(_ groups: Range<Int>) -> (words: [Word], ends: [Int]) {
    // Words of other groups go to a slot behind, again and again: no branch that could be guessed wrong.
    let (first, width) = (UInt32(groups.lowerBound), UInt32(groups.count))
    var ends = [Int](repeating: 0, count: groups.count + 1)
    for chunk in chunks { for group in chunk.groups { ends[Int(min(group &- first, width))] += 1 } }
    var next = [Int](repeating: 0, count: groups.count + 1)
    var total = 0
    for group in 0..<groups.count {
      next[group] = total
      total += ends[group]
      ends[group] = total
    }
    next[groups.count] = total
    var sorted = [Word](repeating: 0, count: total + 1)
    for chunk in chunks {
      for index in chunk.words.indices {
        let group = min(chunk.groups[index] &- first, width)
        sorted[next[Int(group)]] = chunk.words[index]
        next[Int(group)] += group < width ? 1 : 0
      }
    }
    sorted.removeLast()
    ends.removeLast()
    return (sorted, ends)
  }
}
