import Aggregation
import Columns
import Diagnostics
import Expressions
import Planning

/// `sort: [-earned, referrer]`: orders the rows; stable, text by bytes, nil last.
enum Sort: StepDefinition {
  static let name = "sort"
  static let summary = "Orders the rows; - descends; stable, text by bytes, nil last."
  static let example = "- sort: [-earned, referrer]"

  static func plan(_ step: StepSpec, _ context: inout StepContext) -> StepPlan? {
    if step.arguments.items?.isEmpty ?? false {
      context.report(.wrongValue, "sort names no column", at: step.arguments.span)
    }
    let keys = context.sortKeys(step.arguments, of: "sort").map {
      SortKey(column: $0.column, descending: $0.descending)
    }
    return StepPlan(
      output: context.input, operation: .table(SortOperation(keys: keys)), reads: Set(keys.map(\.column)),
      carried: Array(0..<context.input.count))
  }
}

struct SortOperation: TableOperation {
  let keys: [SortKey]

  var order: [SortKey]? { keys }

  func run(_ input: Table, sides: [Table], context: WorkerContext, _ report: inout StepReport) throws -> Table {
    try sorted(input, by: keys)
  }
}

/// `top: { rows: 50, skip: 0, order: [-earned] }`: a page of the rows in an order.
enum Top: StepDefinition {
  static let name = "top"
  static let summary = "A page of the rows in an order; rows and skip may be expressions over parameters."
  static let example = "- top: { rows: 50, skip: (params.page - 1) * 50, order: [-earned, referrer] }"

  static func plan(_ step: StepSpec, _ context: inout StepContext) -> StepPlan? {
    var reader = SpecReader(step.arguments, subject: "top", shorthand: "rows")
    let rowsText = reader.requiredText("rows")
    let skipText = reader.text("skip")
    let order = reader.node("order")
    context.report(reader.finish())
    let keys = order.map { context.sortKeys($0, of: "'order' of top") } ?? []
    let rows = rowsText.flatMap { context.wholeNumber($0, of: "'rows' of top") }
    let skip = skipText.map { context.wholeNumber($0, of: "'skip' of top") } ?? 0
    guard let rows, let skip else { return context.unchanged }
    return StepPlan(
      output: context.input,
      operation: .table(
        TopOperation(
          keys: keys.map { SortKey(column: $0.column, descending: $0.descending) }, rows: rows, skip: skip)),
      reads: Set(keys.map(\.column)), carried: Array(0..<context.input.count))
  }
}

struct TopOperation: TableOperation {
  let keys: [SortKey]
  let rows: Int
  let skip: Int

  var leading: LeadingRows? {
    let (end, overflow) = skip.addingReportingOverflow(rows)
    return overflow ? nil : LeadingRows(keys: keys, count: end)
  }

  func run(_ input: Table, sides: [Table], context: WorkerContext, _ report: inout StepReport) throws -> Table {
    let page = try top(input, rows: rows, skip: skip, by: keys)
    report.counts.filtered += input.rowCount - page.rowCount
    return page
  }
}

extension StepContext {
  /// An expression over parameters alone that gives a whole number, `least` or more.
  mutating func wholeNumber(_ text: LocatedText, of subject: String, atLeast least: Int = 0) -> Int? {
    guard let found = constant(text) else { return nil }
    if case .int(let value) = found, value >= least { return Int(value) }
    report(.wrongValue, "\(subject) is a whole number, \(least) or more, not \(found.text)", at: text.span)
    return nil
  }

  /// An expression over parameters alone that gives an exact number, 0 or more.
  mutating func number(_ text: LocatedText, of subject: String) -> ExactDecimal? {
    if let written = ExactDecimal(text.text), written.coefficient >= 0 { return written }
    guard let found = constant(text) else { return nil }
    if let value = found.exact, value.coefficient >= 0 { return value }
    report(.wrongValue, "\(subject) is a number, 0 or more, such as 0.01, not \(found.text)", at: text.span)
    return nil
  }

  private mutating func constant(_ text: LocatedText) -> Scalar? {
    var builder = ProgramBuilder(scope: scope(Schema()))
    let output = builder.add(text)
    report(builder.diagnostics)
    guard output != nil, !builder.diagnostics.hasErrors else { return nil }
    guard let result = try? builder.build().evaluate([], count: 1, worker: ProgramWorker()) else { return nil }
    if let failure = result.failures.first {
      report(failure.code, failure.message, at: text.span)
      return nil
    }
    return result.columns[0].scalar(0)
  }
}
