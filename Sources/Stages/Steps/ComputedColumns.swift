import Columns
import Expressions
import Planning

/// The outputs of a program as columns: behind those of the input, or in their place.
struct ComputedColumns: SimpleRowOperation {
  let program: Program
  let keepsInput: Bool

  func makeWorker(_ context: WorkerContext) throws -> any RowWorker { Worker(self, context) }

  func expressions(_ rows: CommonRows) -> [Set<ColumnExpression>] { [rows.expressions(of: program)] }

  func taking(_ numbers: CommonExpressionNumbers, _ rows: CommonRows) -> any RowOperation {
    ComputedColumns(program: program.taking(numbers, rows), keepsInput: keepsInput)
  }

  private final class Worker: RowWorker {
    private let operation: ComputedColumns
    private let context: WorkerContext

    init(_ operation: ComputedColumns, _ context: WorkerContext) {
      self.operation = operation
      self.context = context
    }

    func apply(_ batch: Batch, _ report: inout StepReport) throws -> Batch {
      let result = try operation.program.evaluate(
        batch.columns, common: batch.common, count: batch.count, worker: context.programs)
      var made = Batch(
        columns: (operation.keepsInput ? batch.columns : []) + result.columns, count: batch.count,
        position: batch.position, origins: batch.origins)
      made.common = batch.common
      return try report.quarantine(result.failures.map { RowProblem($0) }, in: made)
    }
  }
}
