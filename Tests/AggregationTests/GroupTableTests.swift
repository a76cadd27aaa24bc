import Aggregation
import Columns
import Testing

/// Groups by a dictionary over row values: the readable twin.
private func naiveGroups(_ keys: [Column], _ count: Int) -> [[Scalar]] {
  (0..<count).map { row in keys.map { $0.scalar(row) } }
}

@Test(arguments: 0..<40)
func rowsShareAGroupExactlyWhereTheirKeysAreEqual(seed: Int) {
  var random = SeededGenerator(UInt64(seed))
  let types = (0..<(seed % 5)).map { _ in SampleType.all.randomElement(using: &random)! }
  let table = GroupTable(keyTypes: types)
  var numbers: [[Scalar]: UInt32] = [:]
  for batch in 0..<5 {
    let count = Int.random(in: 0...60, using: &random)
    let keys = types.map { SampleType.column($0, count, using: &random) }
    let given = batch % 2 == 0 ? keys : keys.map { $0.coded() }
    let groups = table.assign(given, count: count, position: Batch.Position(split: 0, batch: batch))
    for (row, key) in naiveGroups(keys, count).enumerated() {
      if let known = numbers[key] {
        #expect(groups[row] == known)
      } else {
        #expect(Int(groups[row]) == numbers.count)
        numbers[key] = groups[row]
      }
    }
  }
  #expect(table.groupCount == numbers.count)
  let columns = table.keyColumns()
  for (key, group) in numbers { #expect(columns.map { $0.scalar(Int(group)) } == key) }
}

@Test func manyGroupsOfIntsLeaveTheDirectIndexAndStayRight() {
  let table = GroupTable(keyTypes: [.int, .date])
  var seen = 0
  for batch in 0..<50 {
    let ints = (0..<2000).map { Int64($0 * 977 + batch * 13) &* 0x1_0000_0001 }
    let dates = (0..<2000).map { Int32($0 % 5 - 2) }
    let groups = table.assign(
      [Column(.ints(ints)), Column(.dates(dates))], count: 2000, position: Batch.Position(split: 0, batch: batch))
    seen = max(seen, Int(groups.max()!) + 1)
  }
  var distinct: Set<[Int64]> = []
  for batch in 0..<50 {
    for row in 0..<2000 { distinct.insert([Int64(row * 977 + batch * 13) &* 0x1_0000_0001, Int64(row % 5 - 2)]) }
  }
  #expect(table.groupCount == distinct.count && seen == distinct.count)
}

@Test func extremeIntsAndTheMissingValueAreGroupsOfTheirOwn() {
  let table = GroupTable(keyTypes: [.int])
  let column = Column([.int(.min), .missing, .int(.max), .int(0), .missing, .int(.min)], of: .int)
  let groups = table.assign([column], count: 6, position: Batch.Position(split: 0, batch: 0))
  #expect(groups == [0, 1, 2, 3, 1, 0])
  #expect(table.keyColumns()[0].scalars == [.int(.min), .missing, .int(.max), .int(0)])
}

@Test(arguments: 0..<20)
func anyDistributionOfBatchesGivesTheSameGroupsInTheSameOutputOrder(seed: Int) {
  var random = SeededGenerator(UInt64(seed) + 100)
  let types = (0..<(1 + seed % 3)).map { _ in SampleType.all.randomElement(using: &random)! }
  let batches = (0..<6).map { _ in types.map { SampleType.column($0, 25, using: &random).coded() } }
  func output(_ table: GroupTable) -> [[Scalar]] {
    let keys = table.keyColumns().map { $0.gathered(table.outputOrder()) }
    return (0..<table.groupCount).map { row in keys.map { $0.scalar(row) } }
  }
  let whole = GroupTable(keyTypes: types)
  for (index, batch) in batches.enumerated() {
    _ = whole.assign(batch, count: 25, position: Batch.Position(split: index, batch: 0))
  }
  let parts = [GroupTable(keyTypes: types), GroupTable(keyTypes: types), GroupTable(keyTypes: types)]
  for index in batches.indices.shuffled(using: &random) {
    let part = parts.randomElement(using: &random)!
    _ = part.assign(batches[index], count: 25, position: Batch.Position(split: index, batch: 0))
  }
  let merged = parts[2]
  for part in parts[..<2] {
    let mapping = merged.absorb(part)
    let mine = merged.keyColumns()
    let theirs = part.keyColumns()
    for group in mapping.indices {
      #expect(mine.map { $0.scalar(Int(mapping[group])) } == theirs.map { $0.scalar(group) })
    }
  }
  #expect(output(merged) == output(whole))
}
