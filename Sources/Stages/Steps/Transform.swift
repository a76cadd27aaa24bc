import Columns
import Diagnostics
import Planning

/// `lua: network.referral_cycles`: the whole table through a plugin's transform.
enum Transform: StepDefinition {
  static let name = "lua"
  static let summary = "Hands the whole table to a plugin's transform; what it emits are the rows that go on."
  static let example = "- lua: { use: network.referral_cycles, with: { party: talent_id } }"

  static func plan(_ step: StepSpec, _ context: inout StepContext) -> StepPlan? {
    var reader = SpecReader(step.arguments, subject: "lua", shorthand: "use")
    let use = reader.requiredText("use")
    let with = reader.entries("with")
    context.report(reader.finish())
    guard let use else { return nil }
    guard let transform = context.planning.plugins.transforms[use.text] else {
      context.reportUnknown("transform", use, among: Array(context.planning.plugins.transforms.keys))
      return nil
    }
    guard let columns = context.inputColumns(transform.inputs, of: transform.name, with: with, at: use.span) else {
      return nil
    }
    let output = Schema(transform.outputs)
    return StepPlan(
      output: output,
      operation: .table(TransformOperation(script: transform.script, columns: columns, output: output)),
      reads: Set(columns), carried: transform.outputs.map { _ in nil },
      explanation: ["\(transform.name): interpreted, the whole table in one call"])
  }
}

struct TransformOperation: TableOperation {
  let script: any TransformScript
  let columns: [Int]
  let output: Schema

  func run(_ input: Table, sides: [Table], context: WorkerContext, _ report: inout StepReport) throws -> Table {
    let batch = try input.concatenated()
    let made = try RunLog.$position.withValue(0) {
      try script.run(columns.map { batch.columns[$0] }, count: batch.count, context)
    }
    report.counts.grouped += batch.count
    report.counts.added += made.count
    return Table(schema: output, batches: made.count > 0 ? [Batch(columns: made.columns, count: made.count)] : [])
  }
}
