import Aggregation
import Columns
import Diagnostics
import Planning

/// `allocate: { total: pool, by: [month], weight: stake_seconds, as: reward, scale: 6, ties: [holder] }`
enum Allocate: StepDefinition {
  static let name = "allocate"
  static let summary = "Shares a total out by weights, by largest remainder: the parts always sum to the total."
  static let example =
    "- allocate: { total: pool, by: [month], weight: stake_seconds, as: reward, scale: 6, ties: [holder] }"

  static func plan(_ step: StepSpec, _ context: inout StepContext) -> StepPlan? {
    var reader = SpecReader(step.arguments, subject: "allocate")
    let totalName = reader.requiredText("total")
    let by = reader.node("by")
    let weightName = reader.requiredText("weight")
    let alias = reader.requiredText("as")
    let scale = reader.int("scale") ?? 2
    let ties = reader.node("ties")
    context.report(reader.finish())
    guard let totalName, let weightName, let alias else { return context.unchanged }
    let keys = by.map { context.columns($0, of: "'by' of allocate") } ?? []
    let order = ties.map { context.sortKeys($0, of: "'ties' of allocate") } ?? []
    guard let total = context.column(totalName), let weight = context.column(weightName),
      context.checkNew(alias.text, at: alias.span, among: context.input.names)
    else {
      context.poison(alias.text)
      return context.unchanged
    }
    for (column, name) in [(total, totalName), (weight, weightName)] {
      let type = context.input[column].type.data
      guard type == .int || type.isDecimal else {
        context.report(
          .typeMismatch, "'\(name.text)' is \(context.input[column].type), and only exact numbers are shared out",
          at: name.span)
        context.poison(alias.text)
        return context.unchanged
      }
    }
    guard (0...38).contains(scale) else {
      context.report(.wrongValue, "'scale' is the number of decimals of the parts, 0 to 38", at: step.kindSpan)
      return context.unchanged
    }
    var output = context.input
    output.append(Field(alias.text, ValueType(.decimal(scale: scale), unit: context.input[total].type.unit)))
    return StepPlan(
      output: output,
      operation: .table(
        AllocateOperation(
          keys: keys, types: keys.map { context.input[$0].type.data }, total: total, weight: weight, scale: scale,
          ties: order.map { SortKey(column: $0.column, descending: $0.descending) }, output: output)),
      reads: Set(keys + [total, weight] + order.map(\.column)), carried: Array(0..<context.input.count) + [nil])
  }
}

struct AllocateOperation: TableOperation {
  let keys: [Int]
  let types: [DataType]
  let total: Int
  let weight: Int
  let scale: Int
  let ties: [SortKey]
  let output: Schema

  func run(_ input: Table, sides: [Table], context: WorkerContext, _ report: inout StepReport) throws -> Table {
    let batch = try input.concatenated()
    let partitions = Partitions(of: batch, by: keys, types: types, order: ties)
    let parts = try allocated(batch.columns[total], by: batch.columns[weight], over: partitions, scale: scale) { row in
      let values = keys.map { "\(input.schema[$0].name) = \(batch.columns[$0].scalar(row).text)" }
      return values.isEmpty ? "" : " for \(values.joined(separator: ", "))"
    }
    return Table(
      schema: output,
      batches: [
        Batch(columns: batch.columns + [parts], count: batch.count, position: batch.position, origins: batch.origins)
      ])
  }
}
