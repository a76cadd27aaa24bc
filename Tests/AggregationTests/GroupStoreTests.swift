import Columns
import Diagnostics
import Foundation
import Synchronization
import Testing

@testable import Aggregation
@testable import Memory

private struct Rows {
  var keys: [Column]
  var values: [Column]
  var count: Int
  var position: Batch.Position
}

/// What is known of a group at the end.
private struct Group: Equatable {
  var firstKey: Int128
  var results: [Scalar]
}

private func groups(_ stores: [GroupStore], _ layout: GroupLayout, workers: Int) throws -> [[Scalar]: Group] {
  let found = Mutex<[[Scalar]: Group]>([:])
  let failure = Mutex<(any Error)?>(nil)
  try GroupStore.finish(stores, workers: workers) { _, _, groups in
    do {
      let keys = groups.keys
      let results = try layout.reductions.indices.map { try groups.reduced($0) }
      found.withLock { found in
        for group in 0..<groups.count {
          let key = keys.map { $0.scalar(group) }
          precondition(found[key] == nil, "a group comes once")
          found[key] = Group(
            firstKey: groups.firstKeys[group], results: results.map { $0.scalar(group) })
        }
      }
    } catch { failure.withLock { $0 = error } }
  }
  if let failure = failure.withLock({ $0 }) { throw failure }
  return found.withLock { $0 }
}

private func layout(_ call: ReductionCall, keys: [DataType]) throws -> GroupLayout {
  let types = call.arguments.map(\.type.data)
  return GroupLayout(
    keyTypes: keys, valueTypes: types,
    reductions: [try call.reduction.init(resolving: call.arguments), try Count(resolving: [])],
    arguments: [types.indices.map { .value($0) }, []])
}

private func rows(_ layout: GroupLayout, batches: Int, using random: inout SeededGenerator) -> [Rows] {
  (0..<batches).map { batch in
    let count = Int.random(in: 0...60, using: &random)
    let keys = layout.keyTypes.map { SampleType.column($0, count, using: &random) }
    let values = layout.valueTypes.map { SampleType.column($0, count, using: &random) }
    return Rows(
      keys: batch % 2 == 0 ? keys : keys.map { $0.coded() },
      values: batch % 3 == 0 ? values : values.map { $0.coded() },
      count: count, position: Batch.Position(split: batch / 4, batch: batch % 4))
  }
}

private func budget(_ bytes: Int) -> MemoryBudget {
  MemoryBudget(bytes: bytes, directory: FileManager.default.temporaryDirectory.path)
}

/// Small enough that every way of working is met.
private let smallLimits = GroupStore.Limits(groups: 8, directGroups: 8, round: 100, condensing: 40_000)

/// Every reduction, with types that are stored in different ways.
private let sampledCalls = ReductionCall.all.filter { call in
  let types: [DataType] = [.bool, .string, .float, .decimal(precision: 38, scale: 6)]
  return call.arguments.allSatisfy { types.contains($0.type.data) }
    && (call.arguments.count < 2 || call.arguments[0].type == call.arguments[1].type)
}

@Test(arguments: sampledCalls)
func groupsAreTheSameScatteredAndSpilledByAnyNumberOfWorkers(_ call: ReductionCall) throws {
  var random = SeededGenerator(UInt64(call.arguments.count) + 5)
  let keys =
    [.int] + (0..<Int.random(in: 0...2, using: &random)).map { _ in SampleType.all.randomElement(using: &random)! }
  let layout = try layout(call, keys: keys)
  let batches = rows(layout, batches: 16, using: &random)
  let whole = GroupStore(layout)
  for batch in batches {
    try whole.add(keys: batch.keys, values: batch.values, count: batch.count, position: batch.position)
  }
  let expected = try groups([whole], layout, workers: 1)
  #expect(expected.values.map(\.firstKey).count == expected.count && expected.count > 8)
  for (workers, bytes) in [(2, 1 << 30), (1, 2000), (8, 2)] {
    let budget = budget(bytes)
    let stores = (0..<workers).map { _ in GroupStore(layout, budget: budget, limits: smallLimits) }
    for batch in batches.shuffled(using: &random) {
      try stores.randomElement(using: &random)!.add(
        keys: batch.keys, values: batch.values, count: batch.count, position: batch.position)
    }
    #expect(try groups(stores, layout, workers: workers) == expected)
    #expect((budget.spilledBytes > 0) == (bytes < 1 << 30))
  }
}

@Test func rowsOfFewGroupsAreCondensed() throws {
  let layout = GroupLayout(
    keyTypes: [.int], valueTypes: [.int], reductions: [try Sum(resolving: [ArgumentType(ValueType(.int))])],
    arguments: [[.value(0)]])
  let limits = GroupStore.Limits(groups: 100, directGroups: 100, round: 1 << 14, condensing: 1 << 20)
  let store = GroupStore(layout, budget: nil, limits: limits)
  for batch in 0..<200 {
    let keys = (0..<4096).map { Int64(($0 &* 7919 &+ batch) % 2000) &* 1_000_003 }
    try store.add(
      keys: [Column(.ints(keys))], values: [Column(.ints(keys))], count: 4096,
      position: Batch.Position(split: 0, batch: batch))
    #expect((store.scatter?.byteCount ?? 0) < 2 << 20)
  }
  let found = try groups([store], layout, workers: 2)
  #expect(found.count == 2000)
  let total = found.values.reduce(Int64(0)) { sum, group in
    if case .int(let value) = group.results[0] { sum + value } else { sum }
  }
  var expected: Int64 = 0
  for batch in 0..<200 {
    for row in 0..<4096 { expected += Int64((row &* 7919 &+ batch) % 2000) &* 1_000_003 }
  }
  #expect(total == expected)
}

@Test func aDamagedTemporaryFileIsAnErrorAndNoFigure() throws {
  let layout = GroupLayout(
    keyTypes: [.int], valueTypes: [.int], reductions: [try Sum(resolving: [ArgumentType(ValueType(.int))])],
    arguments: [[.value(0)]])
  let budget = budget(2)
  let store = GroupStore(layout, budget: budget, limits: smallLimits)
  for batch in 0..<10 {
    let keys = Column(.ints((0..<100).map { Int64($0 * 31 + batch) }))
    try store.add(keys: [keys], values: [keys], count: 100, position: Batch.Position(split: 0, batch: batch))
  }
  let spilled = store.scatter!.parts.flatMap(\.spilled)
  #expect(spilled.count > 10)
  try budget.spillFile().damage(spilled[3].segment)
  let failure = #expect(throws: RunFailure.self) { try groups([store], layout, workers: 2) }
  #expect(failure?.diagnostic.code == .unreadableFile)
}

@Test(arguments: 0..<6)
func aUnionOfPartsHasTheOrderOfThePositions(seed: Int) {
  var random = SeededGenerator(UInt64(seed))
  let count = [0, 1, 100, 70_000, 200_000, 140_000][seed]
  let positions = (0..<count).map { Int128($0 * 3) << 32 }.shuffled(using: &random)
  var parts: [OrderedUnion.Part] = []
  var start = 0
  while start < count {
    let end = min(count, start + Int.random(in: 1...30_000, using: &random))
    let slice = Array(positions[start..<end])
    parts.append(
      OrderedUnion.Part(
        columns: [Column(.ints(slice.map { Int64($0 >> 32) })), Column(.texts(TextValues(slice.map { "\($0)" })))],
        positions: slice))
    start = end
  }
  let batches = OrderedUnion(parts).batches(workers: 1 + seed % 3)
  let ints = batches.flatMap { batch -> [Int64] in
    guard case .ints(let values) = batch.columns[0].values else { return [] }
    return values
  }
  #expect(ints == (0..<count).map { Int64($0 * 3) })
  if let last = batches.last {
    #expect(last.columns[1].scalar(last.count - 1) == .string("\(Int128(count - 1) * 3 << 32)"))
  }
}

/// A table that went by the bits that chose the partition would hold all its keys in one heap.
@Test func keysOfOnePartitionAreSpreadOverItsTable() {
  let keys = (0..<100_000).map { Int64($0) }
  let hashes = KeyHash.hashes([Column(.ints(keys))], count: keys.count)
  let firstBits = UInt64(64 - GroupStore.partitionBits)
  let places = keys.indices.filter { hashes[$0] >> firstBits == 5 }.map { WordKey(word: keys[$0]).hash >> firstBits }
  #expect(places.count > 500)
  #expect(Set(places).count > 100)
}
