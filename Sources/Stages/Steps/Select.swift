import Columns
import Diagnostics
import Expressions
import Planning

/// `select: [month, gsv]` keeps columns in the order written; `select: { new_name: expression }` makes them anew.
enum Select: StepDefinition {
  static let name = "select"
  static let summary = "Keeps columns in the order written (a list), or makes them anew (new name: expression)."
  static let example = "- select: [month, gsv]"

  static func plan(_ step: StepSpec, _ context: inout StepContext) -> StepPlan? {
    if step.arguments.entries?.isEmpty ?? step.arguments.items?.isEmpty ?? false {
      context.report(.wrongValue, "select keeps no column", at: step.arguments.span)
      return context.unchanged
    }
    if let entries = step.arguments.entries { return planMap(entries, &context) }
    let items = step.arguments.items ?? [step.arguments]
    var columns: [Int] = []
    var failed = false
    for item in items {
      guard let text = item.text, !text.text.isEmpty else {
        context.report(.wrongValue, "select takes names of columns: [month, gsv]", at: item.span)
        failed = true
        continue
      }
      guard let column = context.column(text) else {
        context.poison(text.text)
        failed = true
        continue
      }
      if columns.contains(column) {
        context.report(.duplicateName, "column '\(text.text)' is selected twice", at: text.span)
        failed = true
      } else {
        columns.append(column)
      }
    }
    if failed { return context.unchanged }
    return StepPlan(
      output: Schema(columns.map { context.input[$0] }), operation: .rows(PickOperation(columns: columns)), reads: [],
      carried: columns)
  }

  private static func planMap(_ entries: [DocumentNode.Entry], _ context: inout StepContext) -> StepPlan? {
    guard let (program, fields) = context.compile(entries, existing: [], subject: "select") else {
      return context.unchanged
    }
    return StepPlan(
      output: Schema(fields), operation: .rows(ComputedColumns(program: program, keepsInput: false)),
      reads: Set(program.inputColumns),
      carried: fields.map { _ in nil })
  }
}

/// Keeps some columns.
struct PickOperation: SimpleRowOperation {
  let columns: [Int]

  func makeWorker(_ context: WorkerContext) throws -> any RowWorker { Worker(columns: columns) }

  private final class Worker: RowWorker {
    let columns: [Int]

    init(columns: [Int]) { self.columns = columns }

    func apply(_ batch: Batch, _ report: inout StepReport) throws -> Batch {
      Batch(
        columns: columns.map { batch.columns[$0] }, count: batch.count, position: batch.position, origins: batch.origins
      )
    }
  }
}
