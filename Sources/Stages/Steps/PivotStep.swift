import Aggregation
import Columns
import Diagnostics
import Planning

/// `pivot: { by: month, column: group, value: vested, into: [community, early] }`
enum PivotStep: StepDefinition {
  static let name = "pivot"
  static let summary = "Rows to columns: the values of one column under names that another column has."
  static let example = "- pivot: { by: month, column: group, value: vested, into: [community, early] }"

  static func plan(_ step: StepSpec, _ context: inout StepContext) -> StepPlan? {
    var reader = SpecReader(step.arguments, subject: "pivot")
    let by = reader.requiredNode("by")
    let columnName = reader.requiredText("column")
    let valueName = reader.requiredText("value")
    let into = reader.texts("into")
    if into.isEmpty { _ = reader.requiredNode("into") }
    context.report(reader.finish())
    guard let by, let columnName, let valueName else { return nil }
    let keys = context.columns(by, of: "'by' of pivot")
    guard let column = context.column(columnName), let value = context.column(valueName), !into.isEmpty else {
      return nil
    }
    guard context.input[column].type.data == .string else {
      context.report(
        .typeMismatch,
        "'\(columnName.text)' names the new columns, so it is a string, not \(context.input[column].type)",
        at: columnName.span)
      return nil
    }
    var fields = keys.map { context.input[$0] }
    for name in into {
      guard context.checkNew(name.text, at: name.span, among: fields.map(\.name)) else { continue }
      fields.append(Field(name.text, context.input[value].type.nullable(), provenance: context.input[value].provenance))
    }
    guard fields.count == keys.count + into.count else { return nil }
    let output = Schema(fields)
    return StepPlan(
      output: output,
      operation: .table(
        PivotOperation(
          keys: keys, types: keys.map { context.input[$0].type.data }, column: column, value: value,
          names: into.map(\.text), output: output)),
      reads: Set(keys + [column, value]), carried: keys.map { _ in nil } + into.map { _ in nil })
  }
}

struct PivotOperation: TableOperation {
  let keys: [Int]
  let types: [DataType]
  let column: Int
  let value: Int
  let names: [String]
  let output: Schema

  func run(_ input: Table, sides: [Table], context: WorkerContext, _ report: inout StepReport) throws -> Table {
    let batch = try input.concatenated()
    let pivot = Pivot(of: batch, by: keys, types: types, column: column, into: names)
    if let row = pivot.unlisted {
      throw RunFailure(
        .wrongValue,
        "\(report.label): '\(batch.columns[column].scalar(Int(row)).text)' is none of the columns in 'into'",
        help: "add it to 'into', or filter such rows before")
    }
    if let row = pivot.repeated {
      let key = keys.map { "\(input.schema[$0].name) = \(batch.columns[$0].scalar(Int(row)).text)" }
      throw RunFailure(
        .duplicateName,
        "\(report.label): two rows have a value for '\(batch.columns[column].scalar(Int(row)).text)' and \(key.joined(separator: ", "))",
        help: "aggregate them to one before")
    }
    report.counts.grouped += batch.count
    report.counts.added += pivot.keyRows.count
    let columns =
      keys.map { batch.columns[$0].gathered(pivot.keyRows) }
      + pivot.cells.map { batch.columns[value].gatheredOrMissing($0) }
    return Table(schema: output, batches: [Batch(columns: columns, count: pivot.keyRows.count)])
  }
}
