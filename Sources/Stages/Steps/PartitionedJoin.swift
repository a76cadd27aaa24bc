import Aggregation
import Columns
import Diagnostics
import Memory
import Planning

/// A join with a side that does not fit the memory: both sides are cut by the hash of their keys and joined a partition at a time; what comes out is brought
/// back into the order of the input.
struct PartitionedJoin {
  let spec: JoinSpec
  let output: Schema
  let budget: MemoryBudget

  private var keepsBuild: Bool { spec.kind == .right || spec.kind == .full }

  func run(_ input: Table, _ side: Table, _ report: inout StepReport) throws -> Table {
    if spec.expect.leftIsUnique { try spec.refuseRepeatedKeys(of: input, report.label) }
    let types = spec.rightKeys.map { side.schema[$0].type.data }
    let count = PartitionedRows.count(for: side.loadedByteCount, budget)
    let build = try PartitionedRows(side, by: spec.rightKeys, types: types, count: count, budget: budget)
    let probe = try PartitionedRows(input, by: spec.leftKeys, types: types, count: count, budget: budget)
    let result = OrderedResult(budget: budget)
    var breach: (place: Int64, found: CardinalityBreach)?
    for partition in 0..<count {
      let table = try JoinTable(build: build.partitions[partition], keys: spec.rightKeys)
      if spec.expect.rightIsUnique, let found = table.repeatedBuildKey(keys: spec.rightKeys) {
        let place = Self.number(table.rows.places[1], found.row)
        if breach.map({ place < $0.place }) ?? true { breach = (place, found) }
      }
      if breach == nil { try join(probe.partitions[partition], table, into: result, &report) }
    }
    if let breach { throw spec.breach(breach.found, of: "'\(spec.side)'", report.label) }
    return result.table(schema: output, threads: 1)
  }

  private func join(
    _ input: Table, _ table: JoinTable, into result: OrderedResult, _ report: inout StepReport
  ) throws {
    let probe = table.makeProbe(spec.kind)
    for part in input.parts {
      let batch = try part.batch
      let joined = try spec.joinedRows(batch.withoutPlaces, probe, &report)
      var rows = joined.batch
      // Rows of the other side have no place in this input.
      if keepsBuild { rows.origins = nil }
      try result.append(rows.placed(as: batch.places.map { place in joined.left.map { place.gathered($0) } ?? place }))
    }
    result.endRun()
    let unmatched = keepsBuild ? table.unmatchedBuildRows(after: [probe]) : []
    if unmatched.isEmpty { return }
    report.counts.added += unmatched.count
    let behind = Column(.ints([Int64](repeating: 1, count: unmatched.count)))
    try result.append(
      spec.unmatchedBatch(unmatched, table, output).placed(as: [behind, table.rows.places[1].gathered(unmatched)]))
    result.endRun()
  }

  private static func number(_ places: Column, _ row: Int) -> Int64 {
    guard case .ints(let numbers) = places.values else { preconditionFailure("places are numbers") }
    return numbers[row]
  }
}
