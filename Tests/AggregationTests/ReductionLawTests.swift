import Aggregation
import Columns
import Testing

/// One way of calling a reduction: its types, and how a readable implementation computes it from the rows of a group.
struct ReductionCall: CustomTestStringConvertible {
  var reduction: any ListedReduction.Type
  var arguments: [ArgumentType]

  var testDescription: String {
    "\(reduction.declaration.name)(\(arguments.map { "\($0.type)" }.joined(separator: ", ")))"
  }

  /// Every listed reduction with every combination of sample types that it takes.
  static let all: [ReductionCall] = Reductions.all.flatMap { reduction in
    reduction.declaration.argumentCount.flatMap { count in
      combinations(count).compactMap { types in
        let arguments = types.map {
          ArgumentType(type: ValueType($0, isNullable: true), constant: constant(reduction, $0))
        }
        guard (try? reduction.init(resolving: arguments)) != nil else { return nil }
        return ReductionCall(reduction: reduction, arguments: arguments)
      }
    }
  }

  private static func constant(_ reduction: any ListedReduction.Type, _ type: DataType) -> Scalar? {
    guard reduction.declaration.name == "quantile", type == .decimal(precision: 10, scale: 2) else { return nil }
    return .decimal(ExactDecimal(coefficient: 35, scale: 2))
  }

  private static func combinations(_ count: Int) -> [[DataType]] {
    switch count {
    case 0: [[]]
    case 1: SampleType.all.map { [$0] }
    default: SampleType.all.flatMap { first in SampleType.all.map { [first, $0] } }
    }
  }
}

/// A batch of the sample data: argument columns, groups, position.
private struct SampleBatch {
  var columns: [Column]
  var groups: [UInt32]
  var position: Batch.Position
}

private let groupCount = 4

private func sample(_ call: ReductionCall, seed: UInt64) -> [SampleBatch] {
  var random = SeededGenerator(seed)
  return (0..<7).map { index in
    let count = Int.random(in: 0...40, using: &random)
    return SampleBatch(
      columns: call.arguments.map { SampleType.column($0.type.data, count, using: &random).coded() },
      // The last group stays empty.
      groups: (0..<count).map { _ in UInt32.random(in: 0..<UInt32(groupCount - 1), using: &random) },
      position: Batch.Position(split: index / 3, batch: index % 3))
  }
}

private func partial(_ reduction: any Reduction, _ batches: [SampleBatch], relabel: [UInt32] = [0, 1, 2, 3])
  -> any ReductionPartial
{
  let partial = reduction.makePartial()
  partial.grow(to: groupCount)
  for batch in batches {
    partial.add(batch.columns, groups: batch.groups.map { relabel[Int($0)] }, position: batch.position)
  }
  return partial
}

@Test func everyReductionIsTriedWithSomeTypes() {
  for reduction in Reductions.all {
    #expect(ReductionCall.all.contains { $0.reduction.declaration == reduction.declaration })
  }
}

@Test(arguments: ReductionCall.all)
func anyDistributionOfBatchesFinishesWithTheSameColumn(_ call: ReductionCall) throws {
  let reduction = try call.reduction.init(resolving: call.arguments)
  for seed in 0..<6 {
    var random = SeededGenerator(UInt64(seed) + 7)
    let batches = sample(call, seed: UInt64(seed))
    let whole = try partial(reduction, batches).finish(groupCount: groupCount).scalars
    let shuffled = try partial(reduction, batches.shuffled(using: &random)).finish(groupCount: groupCount).scalars
    #expect(shuffled == whole)

    // Workers number groups differently and are merged left to right, right to left, and with an empty one.
    let relabel: [UInt32] = [2, 3, 1, 0]
    let back: [UInt32] = [3, 2, 0, 1]
    let cut = Int.random(in: 0...batches.count, using: &random)
    let first = partial(reduction, Array(batches[..<cut]))
    first.merge(partial(reduction, Array(batches[cut...]), relabel: relabel), mapping: back)
    first.merge(partial(reduction, []), mapping: [0, 1, 2, 3])
    #expect(try first.finish(groupCount: groupCount).scalars == whole)

    let second = partial(reduction, [])
    second.merge(partial(reduction, Array(batches[cut...]), relabel: relabel), mapping: back)
    second.merge(partial(reduction, Array(batches[..<cut])), mapping: [0, 1, 2, 3])
    #expect(try second.finish(groupCount: groupCount).scalars == whole)
  }
}

@Test(arguments: ReductionCall.all)
func resultsAreOfTheDeclaredTypeAndNilOnlyWhereItSaysSo(_ call: ReductionCall) throws {
  let reduction = try call.reduction.init(resolving: call.arguments)
  let column = try partial(reduction, sample(call, seed: 3)).finish(groupCount: groupCount)
  #expect(column.count == groupCount)
  if !reduction.resultType.isNullable { #expect(!column.scalars.contains(.missing)) }
  // Reading the scalars back under the declared type traps where they are of another.
  #expect(Column(column.scalars, of: reduction.resultType.data).scalars == column.scalars)
}

@Test(arguments: ReductionCall.all)
func resultsAreThoseOfTheReadableImplementation(_ call: ReductionCall) throws {
  let reduction = try call.reduction.init(resolving: call.arguments)
  for seed in 0..<6 {
    let batches = sample(call, seed: UInt64(seed) + 50)
    let column = try partial(reduction, batches).finish(groupCount: groupCount)
    for group in 0..<groupCount {
      let rows = batches.flatMap { batch in
        batch.groups.indices.filter { batch.groups[$0] == UInt32(group) }.map { row in
          batch.columns.map { $0.scalar(row) }
        }
      }
      guard let expected = readable(call.reduction.declaration.name, rows) else { continue }
      #expect(column.scalar(group) == expected)
    }
  }
}
