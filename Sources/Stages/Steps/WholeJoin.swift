import Aggregation
import Columns
import Diagnostics
import Memory
import Planning

/// A join that needs all rows of both sides: right, full, or one whose left keys must be unique.
struct WholeJoin: TableOperation {
  let spec: JoinSpec
  let output: Schema

  var sides: [String] { [spec.side] }

  func run(_ input: Table, sides: [Table], context: WorkerContext, _ report: inout StepReport) throws -> Table {
    if let memory = context.memory, !spec.fits(sides[0], memory) {
      return try PartitionedJoin(spec: spec, output: output, budget: memory).run(input, sides[0], &report)
    }
    if spec.expect.leftIsUnique { try spec.refuseRepeatedKeys(of: input, report.label) }
    let table = try spec.build(sides[0], report.label)
    let probe = table.makeProbe(spec.kind)
    let keepsBuild = spec.kind == .right || spec.kind == .full
    let joined = KeptRows(budget: context.memory)
    for (number, part) in input.parts.enumerated() {
      var batch = try part.batch
      batch.position = Batch.Position(split: number, batch: 0)
      var rows = try spec.joined(batch, probe, &report)
      // Rows of the other side have no place in this input.
      if keepsBuild { rows.origins = nil }
      joined.append(rows)
      try joined.settle()
    }
    if keepsBuild {
      let unmatched = table.unmatchedBuildRows(after: [probe])
      report.counts.added += unmatched.count
      var rows = spec.unmatchedBatch(unmatched, table, output)
      rows.position = Batch.Position(split: input.parts.count, batch: 0)
      joined.append(rows)
      try joined.settle()
    }
    return KeptRows.table([joined], schema: output)
  }
}

extension JoinSpec {
  /// Whether a side can be held, with its index.
  func fits(_ side: Table, _ memory: MemoryBudget) -> Bool { side.loadedByteCount < memory.limit / 2 }

  /// Throws where a key has several rows of the input.
  func refuseRepeatedKeys(of input: Table, _ label: String) throws(RunFailure) {
    let keys = RepeatedKeys(keyTypes: leftTypes)
    for (number, part) in input.parts.enumerated() {
      let batch = try part.batch
      keys.add(
        leftKeys.map { batch.columns[$0] }, count: batch.count, position: Batch.Position(split: number, batch: 0))
    }
    if let found = keys.firstRepetition() {
      let breach = CardinalityBreach(key: found.key, row: 0, rowCount: found.rowCount)
      throw self.breach(breach, of: "the stage itself", label)
    }
  }

  /// Rows of the side that have no partner.
  func unmatchedBatch(_ rows: [Int32], _ table: JoinTable, _ output: Schema) -> Batch {
    let leftCount = output.count - rightColumns.count
    let left = (0..<leftCount).map { column in
      if let key = leftKeys.firstIndex(of: column) {
        return table.rows.columns[rightKeys[key]].gathered(rows)
      }
      return Column.missing(rows.count, of: output[column].type.data)
    }
    let right = rightColumns.map { table.rows.columns[$0].gathered(rows) }
    return Batch(columns: left + right, count: rows.count)
  }
}
