import Aggregation
import Columns
import Diagnostics
import Testing

private func filled(_ call: ReductionCall, _ reduction: any Reduction) -> any ReductionPartial {
  var random = SeededGenerator(99)
  let partial = reduction.makePartial()
  partial.grow(to: 5)
  for batch in 0..<3 {
    partial.add(
      call.arguments.map { SampleType.column($0.type.data, 30, using: &random).coded() },
      groups: (0..<30).map { _ in UInt32.random(in: 0..<4, using: &random) },
      position: Batch.Position(split: 1, batch: batch))
  }
  return partial
}

@Test(arguments: ReductionCall.all)
func aStateReadBackFinishesAndMergesAsTheOriginal(_ call: ReductionCall) throws {
  let reduction = try call.reduction.init(resolving: call.arguments)
  let original = filled(call, reduction)
  let bytes = PartialState.encode(original, groupCount: 5)
  let (copy, groupCount) = try PartialState.decode(bytes, for: reduction)
  #expect(groupCount == 5)
  let expected = try original.finish(groupCount: 5).scalars
  #expect(try copy.finish(groupCount: 5).scalars == expected)
  #expect(PartialState.encode(copy, groupCount: 5).count == bytes.count)

  // Merged into another partial, and added to afterwards.
  var results: [[Scalar]] = []
  for part in [original, copy] {
    let target = filled(call, reduction)
    target.merge(part, mapping: [1, 2, 3, 0, 4])
    results.append(try target.finish(groupCount: 5).scalars)
  }
  #expect(results[0] == results[1])
}

@Test(arguments: ReductionCall.all.filter { $0.arguments.count < 2 })
func damagedOrForeignStatesAreRefused(_ call: ReductionCall) throws {
  let reduction = try call.reduction.init(resolving: call.arguments)
  let bytes = PartialState.encode(filled(call, reduction), groupCount: 5)
  var random = SeededGenerator(1)
  for _ in 0..<20 {
    var damaged = bytes
    let place = Int.random(in: 0..<bytes.count, using: &random)
    damaged[place] ^= UInt8.random(in: 1...255, using: &random)
    #expect(throws: RunFailure.self) { try PartialState.decode(damaged, for: reduction) }
    #expect(throws: RunFailure.self) { try PartialState.decode(Array(bytes.prefix(place)), for: reduction) }
  }
}

@Test(arguments: 0..<20)
func groupsReadBackHaveTheirNumbersKeysAndOrder(seed: Int) throws {
  var random = SeededGenerator(UInt64(seed))
  let types = (0..<(seed % 4)).map { _ in SampleType.all.randomElement(using: &random)! }
  let table = GroupTable(keyTypes: types)
  for batch in [2, 0, 1] {
    _ = table.assign(
      types.map { SampleType.column($0, 30, using: &random) }, count: 30,
      position: Batch.Position(split: batch, batch: 0))
  }
  let copy = try GroupTable(decoding: table.encode(), keyTypes: types)
  #expect(copy.firstKeys == table.firstKeys && copy.outputOrder() == table.outputOrder())
  #expect(copy.keyColumns().map(\.scalars) == table.keyColumns().map(\.scalars))
  let more = types.map { SampleType.column($0, 30, using: &random) }
  let position = Batch.Position(split: 3, batch: 0)
  #expect(copy.assign(more, count: 30, position: position) == table.assign(more, count: 30, position: position))
  #expect(copy.firstKeys == table.firstKeys)
}
