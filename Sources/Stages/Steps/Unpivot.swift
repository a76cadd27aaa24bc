import Aggregation
import Columns
import Diagnostics
import Planning

/// `unpivot: { columns: [client_referrer, talent_referrer], name: side, value: referrer }`
enum Unpivot: StepDefinition {
  static let name = "unpivot"
  static let summary = "Columns to rows: one row for each of the columns, with its name and its value."
  static let example = "- unpivot: { columns: [client_referrer, talent_referrer], name: side, value: referrer }"

  static func plan(_ step: StepSpec, _ context: inout StepContext) -> StepPlan? {
    var reader = SpecReader(step.arguments, subject: "unpivot")
    let node = reader.requiredNode("columns")
    let name = reader.text("name")
    let value = reader.text("value")
    context.report(reader.finish())
    guard let node else { return nil }
    let columns = context.columns(node, of: "'columns' of unpivot")
    guard let first = columns.first else { return nil }
    var type = context.input[first].type
    for column in columns {
      let other = context.input[column].type
      if let data = type.data.uniting(other.data), other.unit == type.unit {
        type.data = data
        continue
      }
      context.report(
        .typeMismatch,
        "'\(context.input[column].name)' is \(other), and '\(context.input[first].name)' "
          + "\(context.input[first].type): one column has one type",
        at: node.span)
      return nil
    }
    let kept = (0..<context.input.count).filter { !columns.contains($0) }
    let names = (name?.text ?? "name", value?.text ?? "value")
    let existing = kept.map { context.input[$0].name }
    guard context.checkNew(names.0, at: name?.span ?? node.span, among: existing),
      context.checkNew(names.1, at: value?.span ?? node.span, among: existing + [names.0])
    else { return nil }
    let isNullable = columns.contains { context.input[$0].type.isNullable }
    return StepPlan(
      output: Schema(
        kept.map { context.input[$0] } + [
          Field(names.0, ValueType(.string)), Field(names.1, type.nullable(isNullable)),
        ]),
      operation: .rows(
        UnpivotOperation(
          columns: columns, names: columns.map { context.input[$0].name }, kept: kept, type: type.data)),
      reads: Set(columns), carried: kept + [nil, nil])
  }
}

struct UnpivotOperation: SimpleRowOperation {
  let columns: [Int]
  let names: [String]
  let kept: [Int]
  let type: DataType

  func makeWorker(_ context: WorkerContext) throws -> any RowWorker { Worker(self) }

  private final class Worker: RowWorker {
    let operation: UnpivotOperation

    init(_ operation: UnpivotOperation) { self.operation = operation }

    func apply(_ batch: Batch, _ report: inout StepReport) throws -> Batch {
      let (rows, names, values) = unpivoted(
        zip(operation.names, operation.columns).map {
          (name: $0, column: batch.columns[$1].widened(to: operation.type))
        })
      report.counts.added += rows.count - batch.count
      return Batch(
        columns: operation.kept.map { batch.columns[$0].gathered(rows) } + [names, values], count: rows.count,
        position: batch.position, origins: batch.origins?.gathered(rows))
    }
  }
}
