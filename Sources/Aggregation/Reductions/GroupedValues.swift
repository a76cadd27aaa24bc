/// Words scattered over groups, as they came, for reductions that need all values at the end.
///
/// Kept in chunks, so that growing never holds two copies of everything. Where groups are few for the size of a chunk, one
/// that is full is brought into their order while a cache still holds it: then no word needs its group beside it, and the
/// words of a group are found without looking at all others.
struct GroupedValues<Word: FixedWidthInteger & Sendable>: Sendable {
  private struct Chunk: Sendable {
    /// Of each word; empty where the words stand in the order of groups.
    var groups: [UInt32] = []
    /// The words of group `n` are `starts[n]..<starts[n + 1]`; groups past the last have none.
    var starts: [UInt32] = []
    var words: [Word] = []

    var isOrdered: Bool { groups.isEmpty }
    var groupCount: Int { starts.count - 1 }

    func range(of group: Int) -> Range<Int> { Int(starts[group])..<Int(starts[group + 1]) }

    /// The same words in the order of groups; within a group as they came.
    func ordered() -> Chunk {
      var starts = [UInt32](repeating: 0, count: Int(groups.max() ?? 0) + 2)
      for group in groups { starts[Int(group) + 1] += 1 }
      for group in 1..<starts.count { starts[group] += starts[group - 1] }
      var next = starts
      var sorted = [Word](repeating: 0, count: words.count)
      for index in words.indices {
        let group = Int(groups[index])
        sorted[Int(next[group])] = words[index]
        next[group] += 1
      }
      return Chunk(starts: starts, words: sorted)
    }

    /// The group of every word.
    var expanded: [UInt32] {
      if !isOrdered { return groups }
      var all: [UInt32] = []
      all.reserveCapacity(words.count)
      for group in 0..<groupCount {
        all.append(contentsOf: repeatElement(UInt32(group), count: range(of: group).count))
      }
      return all
    }

    /// The same words under other numbers of their groups, which stay apart; `skippedGroup` leaves one out.
    func renumbered(_ mapping: [UInt32]) -> Chunk {
      let kept = isOrdered ? (0..<groupCount).filter { mapping[$0] != skippedGroup } : []
      let last = Int(kept.lazy.map { mapping[$0] }.max() ?? 0)
      guard isOrdered, last < GroupedValues.orderedGroups else {
        let groups = expanded.map { mapping[Int($0)] }
        if !groups.contains(skippedGroup) { return Chunk(groups: groups, words: words) }
        let taken = groups.indices.filter { groups[$0] != skippedGroup }
        return Chunk(groups: taken.map { groups[$0] }, words: taken.map { words[$0] })
      }
      var starts = [UInt32](repeating: 0, count: last + 2)
      for group in kept { starts[Int(mapping[group]) + 1] = UInt32(range(of: group).count) }
      for group in 1..<starts.count { starts[group] += starts[group - 1] }
      var moved = [Word](repeating: 0, count: Int(starts[last + 1]))
      for group in kept {
        var place = Int(starts[Int(mapping[group])])
        for index in range(of: group) {
          moved[place] = words[index]
          place += 1
        }
      }
      return Chunk(starts: starts, words: moved)
    }

    /// Adds how many words each group has.
    func count(into counts: inout [Int]) {
      if isOrdered {
        for group in 0..<groupCount { counts[group] += range(of: group).count }
      } else {
        for group in groups { counts[Int(group)] += 1 }
      }
    }
  }

  private var chunks: [Chunk] = []
  /// The last chunk, which still grows.
  private var open = Chunk()
  private static var chunkSize: Int { 1 << 16 }
  /// Groups at most where full chunks are brought into their order.
  private static var orderedGroups: Int { chunkSize / 8 }

  init() {}

  init(groups: [UInt32], words: [Word]) {
    precondition(groups.count == words.count)
    if !groups.isEmpty { chunks = [Chunk(groups: groups, words: words)] }
  }

  private var all: [Chunk] { open.words.isEmpty ? chunks : chunks + [open] }

  var count: Int { chunks.reduce(open.words.count) { $0 + $1.words.count } }
  /// Bytes held.
  var byteCount: Int {
    all.reduce(0) { $0 + $1.words.count * MemoryLayout<Word>.size + ($1.groups.count + $1.starts.count) * 4 }
  }
  var groups: [UInt32] { all.flatMap(\.expanded) }
  var words: [Word] { all.flatMap(\.words) }

  mutating func add(_ fresh: [Word], groups: [UInt32], present: [Bool]?) {
    precondition(fresh.count == groups.count)
    if open.words.count + fresh.count > Self.chunkSize { close() }
    guard let present else {
      open.groups += groups
      open.words += fresh
      return
    }
    open.groups.append(contentsOf: groups.indices.lazy.filter { present[$0] }.map { groups[$0] })
    open.words.append(contentsOf: fresh.indices.lazy.filter { present[$0] }.map { fresh[$0] })
  }

  private mutating func close() {
    if open.words.isEmpty { return }
    if (open.groups.max() ?? 0) < Self.orderedGroups {
      chunks.append(open.ordered())
      open.groups.removeAll(keepingCapacity: true)
      open.words.removeAll(keepingCapacity: true)
    } else {
      chunks.append(open)
      open = Chunk()
      open.groups.reserveCapacity(Self.chunkSize)
      open.words.reserveCapacity(Self.chunkSize)
    }
  }

  mutating func merge(_ other: GroupedValues, mapping: [UInt32]) {
    for chunk in other.all {
      let renumbered = chunk.renumbered(mapping)
      if !renumbered.words.isEmpty { chunks.append(renumbered) }
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
    for chunk in all { chunk.count(into: &counts) }
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
    let chunks = all
    // Words of other groups go to a slot behind, again and again: no branch that could be guessed wrong.
    let (first, width) = (UInt32(groups.lowerBound), UInt32(groups.count))
    var ends = [Int](repeating: 0, count: groups.count + 1)
    for chunk in chunks {
      if chunk.isOrdered {
        for group in groups.clamped(to: 0..<chunk.groupCount) {
          ends[group - groups.lowerBound] += chunk.range(of: group).count
        }
      } else {
        for group in chunk.groups { ends[Int(min(group &- first, width))] += 1 }
      }
    }
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
      if chunk.isOrdered {
        for group in groups.clamped(to: 0..<chunk.groupCount) {
          var place = next[group - groups.lowerBound]
          for index in chunk.range(of: group) {
            sorted[place] = chunk.words[index]
            place += 1
          }
          next[group - groups.lowerBound] = place
        }
      } else {
        for index in chunk.words.indices {
          let group = min(chunk.groups[index] &- first, width)
          sorted[next[Int(group)]] = chunk.words[index]
          next[Int(group)] += group < width ? 1 : 0
        }
      }
    }
    sorted.removeLast()
    ends.removeLast()
    return (sorted, ends)
  }
}
