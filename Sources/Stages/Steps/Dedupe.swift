import Aggregation
import Columns
import Diagnostics
import Planning

/// `dedupe: { by: [invoice_id], keep: last, order: [issued_on] }`
enum Dedupe: StepDefinition {
  static let name = "dedupe"
  static let summary = "Keeps one row of each key, the first or last in an order; the others count as filtered."
  static let example = "- dedupe: { by: [invoice_id], keep: last, order: [issued_on] }"

  static func plan(_ step: StepSpec, _ context: inout StepContext) -> StepPlan? {
    var reader = SpecReader(step.arguments, subject: "dedupe", shorthand: "by")
    let by = reader.requiredNode("by")
    let keep = reader.choice("keep", default: KeptRow.first)
    let order = reader.node("order")
    context.report(reader.finish())
    guard let by else { return context.unchanged }
    let keys = context.columns(by, of: "'by' of dedupe")
    if by.items?.isEmpty ?? false {
      context.report(.wrongValue, "'by' of dedupe names the columns of which rows are alike", at: by.span)
      return context.unchanged
    }
    let sort = order.map { context.sortKeys($0, of: "'order' of dedupe") } ?? []
    let operation = DedupeOperation(
      keys: keys, types: keys.map { context.input[$0].type.data }, keep: keep,
      order: sort.map { SortKey(column: $0.column, descending: $0.descending) })
    return StepPlan(
      output: context.input, operation: .table(operation), reads: Set(keys + sort.map(\.column)),
      carried: Array(0..<context.input.count))
  }
}

struct DedupeOperation: TableOperation {
  let keys: [Int]
  let types: [DataType]
  let keep: KeptRow
  let order: [SortKey]

  func run(_ input: Table, sides: [Table], context: WorkerContext, _ report: inout StepReport) throws -> Table {
    let kept: Table
    if let parts = try PartitionedRows.ofLarge(input, by: keys, types: types, context.memory) {
      kept = try parts.mapped(schema: input.schema) { batch in batch.gathered(chosen(batch)) }
    } else {
      let batch = try input.concatenated()
      kept = Table(schema: input.schema, batches: [batch.gathered(chosen(batch))])
    }
    report.counts.filtered += input.rowCount - kept.rowCount
    return kept
  }

  private func chosen(_ batch: Batch) -> [Int32] {
    deduplicated(batch, by: keys, types: types, keep: keep, order: order)
  }
}
