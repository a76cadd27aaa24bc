import Aggregation
import Columns
import Diagnostics
import Planning

/// `fold: { use: tax.fifo, by: [holder, token], order: [at, trade_id] }`
enum Fold: StepDefinition {
  static let name = "fold"
  static let summary = "Runs a plugin's state machine over the rows of each key, in an order that leaves no ties."
  static let example = "- fold: { use: tax.fifo, by: [holder, token], order: [at, trade_id] }"

  static func plan(_ step: StepSpec, _ context: inout StepContext) -> StepPlan? {
    var reader = SpecReader(step.arguments, subject: "fold")
    let use = reader.requiredText("use")
    let by = reader.node("by")
    let order = reader.requiredNode("order")
    let with = reader.entries("with")
    context.report(reader.finish())
    let keys = by.map { context.columns($0, of: "'by' of fold") } ?? []
    let sort = order.map { context.sortKeys($0, of: "'order' of fold") } ?? []
    guard let use, order != nil else { return nil }
    guard let fold = context.planning.plugins.folds[use.text] else {
      context.reportUnknown("fold", use, among: Array(context.planning.plugins.folds.keys))
      return nil
    }
    guard let columns = context.inputColumns(fold.inputs, of: fold.name, with: with, at: use.span) else { return nil }
    var fields = keys.map { context.input[$0] }
    for output in fold.outputs {
      guard context.checkNew(output.name, at: use.span, among: fields.map(\.name)) else { return nil }
      fields.append(output)
    }
    let bound: any BoundFold
    do {
      bound = try fold.script.bind(columns.map { context.input[$0].type })
    } catch {
      context.report(contentsOf: error.diagnostics)
      return nil
    }
    return StepPlan(
      output: Schema(fields),
      operation: .table(
        FoldOperation(
          fold: bound, columns: columns, keys: keys, types: keys.map { context.input[$0].type.data },
          order: sort.map { SortKey(column: $0.column, descending: $0.descending) }, output: Schema(fields))),
      reads: Set(columns + keys + sort.map(\.column)), carried: fields.map { _ in nil },
      explanation: ["\(fold.name): \(bound.explanation)"])
  }
}

/// Sorts each key's rows and hands them to the script, many keys a call.
struct FoldOperation: TableOperation {
  let fold: any BoundFold
  let columns: [Int]
  let keys: [Int]
  let types: [DataType]
  let order: [SortKey]
  let output: Schema

  func run(_ input: Table, sides: [Table], context: WorkerContext, _ report: inout StepReport) throws -> Table {
    let batch = try input.concatenated()
    let partitions = Partitions(of: batch, by: keys, types: types, order: order)
    try checkTies(partitions, input.schema, batch, report)
    let instance = try fold.makeInstance(context)
    var batches: [Batch] = []
    let quarantinedBefore = report.counts.quarantined
    var start = 0
    var keyOfRow: [UInt32] = []
    for (key, end) in partitions.ends.enumerated() {
      keyOfRow += repeatElement(UInt32(key), count: end - start - keyOfRow.count)
      guard keyOfRow.count >= rowsPerBlock || end == partitions.rowCount else { continue }
      let rows = Array(partitions.rows[start..<end])
      let folded: FoldedRows
      do {
        folded = try RunLog.$position.withValue(Int128(start)) {
          try instance.fold(columns.map { batch.columns[$0].gathered(rows) }, keyOfRow: keyOfRow)
        }
      } catch let failure as RunFailure {
        throw failure.moved(to: rows).located(in: batch)
      }
      for problem in folded.problems {
        try report.note(
          RowProblem(row: rows[Int(problem.row)], code: problem.code, message: problem.message, full: problem.full),
          in: batch)
      }
      let sources = folded.sourceRows.map { rows[Int($0)] }
      batches.append(
        Batch(
          columns: keys.map { batch.columns[$0].gathered(sources) } + folded.columns, count: sources.count,
          position: Batch.Position(split: 0, batch: batches.count)))
      report.counts.added += sources.count
      start = end
      keyOfRow.removeAll(keepingCapacity: true)
    }
    report.counts.grouped += batch.count - (report.counts.quarantined - quarantinedBefore)
    return Table(schema: output, batches: batches)
  }

  /// What a state machine gives depends on the order of its rows, so an order that leaves two rows equal is refused.
  private func checkTies(
    _ partitions: Partitions, _ schema: Schema, _ batch: Batch, _ report: StepReport
  ) throws(RunFailure) {
    guard let place = partitions.beginsPeers.firstIndex(of: false) else { return }
    let row = Int(partitions.rows[place])
    let values = (keys + order.map(\.column)).map { "\(schema[$0].name) = \(batch.columns[$0].scalar(row).text)" }
    throw RunFailure(
      .ambiguousOrder, "\(report.label): two rows have \(values.joined(separator: ", "))",
      help: "add columns to 'order' until it tells the rows of a key apart")
  }
}
