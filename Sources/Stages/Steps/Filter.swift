import Columns
import Diagnostics
import Expressions
import Planning

/// `filter: status == "paid"`: keeps the rows for which a condition is true; false and nil drop.
///
/// A column that the condition tests for a value is one that has a value from then on.
enum Filter: StepDefinition {
  static let name = "filter"
  static let summary = "Keeps the rows for which a condition is true; false and nil drop."
  static let example = "- filter: status == \"paid\""

  static func plan(_ step: StepSpec, _ context: inout StepContext) -> StepPlan? {
    guard let text = context.expression(step.arguments, of: "filter") else { return context.unchanged }
    var builder = ProgramBuilder(scope: context.scope(context.input))
    let output = builder.add(text)
    context.report(builder.diagnostics)
    guard let output, !builder.diagnostics.hasErrors else { return context.unchanged }
    guard output.type.data == .bool else {
      context.report(
        .typeMismatch, "filter wants a condition that is true or false, and this is \(output.type)", at: text.span)
      return context.unchanged
    }
    let program = builder.build()
    let fields = context.input.fields.enumerated().map { column, field in
      guard output.presentWhenTrue.contains(column) else { return field }
      return Field(field.name, field.type.nullable(false), provenance: field.provenance)
    }
    return StepPlan(
      output: Schema(fields), operation: .rows(FilterOperation(program: program)), reads: Set(program.inputColumns),
      carried: Array(0..<context.input.count), explanation: program.functionPaths)
  }
}

/// Selects rows by a program whose one output is a bool.
struct FilterOperation: SimpleRowOperation {
  var program: Program

  func makeWorker(_ context: WorkerContext) throws -> any RowWorker { Worker(program: program, context: context) }

  func expressions(_ rows: CommonRows) -> [Set<ColumnExpression>] { [rows.expressions(of: program)] }

  func taking(_ numbers: CommonExpressionNumbers, _ rows: CommonRows) -> any RowOperation {
    FilterOperation(program: program.taking(numbers, rows))
  }

  private final class Worker: RowSelector {
    let program: Program
    let context: WorkerContext

    init(program: Program, context: WorkerContext) {
      self.program = program
      self.context = context
    }

    func select(_ batch: Batch, _ report: inout StepReport) throws -> [Int32]? {
      let (mask, failures) = try program.evaluateMask(
        batch.columns, common: batch.common, count: batch.count, worker: context.programs)
      var dropped = 0
      var rows = [Int32](rowsWhere: mask)
      if !failures.isEmpty {
        var isFailing = [Bool](repeating: false, count: batch.count)
        for failure in failures where !isFailing[Int(failure.row)] {
          try report.note(RowProblem(failure), in: batch)
          isFailing[Int(failure.row)] = true
          dropped += 1
        }
        rows = rows.filter { !isFailing[Int($0)] }
      }
      report.counts.filtered += batch.count - rows.count - dropped
      return rows.count == batch.count ? nil : rows
    }
  }
}
