import Aggregation
import Columns
import Diagnostics
import Planning

/// `fill: { column: period, every: month, by: [skill], how: { gsv: zero } }`
enum Fill: StepDefinition {
  static let name = "fill"
  static let summary = "Adds a row for every period that has none: zero, previous, linear or nil in the other columns."
  static let example = "- fill: { column: period, every: month, by: [skill], how: { gsv: zero } }"

  enum Every: String, CaseIterable, Sendable { case day, week, month, quarter, year }

  /// From where to where a partition is filled.
  enum Span: String, CaseIterable, Sendable {
    /// From its own first period to its own last.
    case own
    /// From the first period of all partitions to the last.
    case all
  }

  static func plan(_ step: StepSpec, _ context: inout StepContext) -> StepPlan? {
    var reader = SpecReader(step.arguments, subject: "fill")
    let columnName = reader.requiredText("column")
    if reader.node("every") == nil { _ = reader.requiredNode("every") }
    let every = reader.choice("every", default: Every.month)
    let span = reader.choice("span", default: Span.own)
    let by = reader.node("by")
    let how = reader.entries("how")
    context.report(reader.finish())
    let keys = by.map { context.columns($0, of: "'by' of fill") } ?? []
    guard let columnName, let column = context.column(columnName) else { return nil }
    guard context.input[column].type == ValueType(.date) else {
      context.report(
        .typeMismatch,
        "'\(columnName.text)' is \(context.input[column].type), and a series goes by a date that is never missing",
        at: columnName.span)
      return nil
    }
    var methods = context.input.fields.map { _ in FillMethod.missing }
    for entry in how {
      guard let (place, method) = read(entry, apartFrom: keys + [column], &context) else { continue }
      methods[place] = method
    }
    var output = context.input
    for place in output.fields.indices where place != column && !keys.contains(place) {
      let type = output[place].type
      let mayBeMissing: Bool =
        switch methods[place] {
        case .zero: type.isNullable
        case .missing: true
        case .previous, .linear: type.isNullable || span == .all
        }
      output = output.replacing(place, type: type.nullable(mayBeMissing))
    }
    let calendar = context.planning.spec.calendar
    let period: Period =
      switch every {
      case .day: .day
      case .week: .week(firstWeekday: calendar.firstWeekday)
      case .month: .month
      case .quarter: .quarter(firstMonth: calendar.firstMonth)
      case .year: .year(firstMonth: calendar.firstMonth)
      }
    return StepPlan(
      output: output,
      operation: .table(
        FillOperation(
          keys: keys, types: context.input.fields.map(\.type.data), column: column, period: period,
          spansAll: span == .all, methods: methods, output: output)),
      reads: Set(0..<context.input.count), carried: output.fields.map { _ in nil })
  }

  /// One entry of `how`: which column, and how it is filled.
  private static func read(
    _ entry: DocumentNode.Entry, apartFrom fixed: [Int], _ context: inout StepContext
  ) -> (column: Int, method: FillMethod)? {
    guard let place = context.column(LocatedText(entry.key, at: entry.keySpan)) else { return nil }
    let words = FillMethod.allCases.map(\.rawValue)
    guard let text = entry.value.text, let method = FillMethod(rawValue: text.text) else {
      context.report(
        .wrongValue, "'\(entry.key)' is filled by one of \(words.joined(separator: ", "))", at: entry.value.span,
        help: suggestion(for: entry.value.text?.text ?? "", among: words))
      return nil
    }
    guard !fixed.contains(place) else {
      context.report(.wrongValue, "'\(entry.key)' tells which rows are missing and is not filled", at: entry.keySpan)
      return nil
    }
    let data = context.input[place].type.data
    guard method == .missing || method == .previous || data.isNumeric || (method == .zero && data == .bool) else {
      context.report(
        .typeMismatch, "'\(entry.key)' is \(context.input[place].type), which cannot be filled by '\(method.rawValue)'",
        at: entry.value.span, help: "previous or nil fill columns of every type")
      return nil
    }
    if method == .linear, data == .int {
      context.report(
        .typeMismatch, "'\(entry.key)' is int, and what lies between two whole numbers may not be one",
        at: entry.value.span, help: "derive a decimal before: decimal(\(entry.key))")
      return nil
    }
    return (place, method)
  }
}

/// Sorts each partition by its date and adds the periods that it lacks.
struct FillOperation: TableOperation {
  let keys: [Int]
  let types: [DataType]
  let column: Int
  let period: Period
  let spansAll: Bool
  let methods: [FillMethod]
  let output: Schema

  func run(_ input: Table, sides: [Table], context: WorkerContext, _ report: inout StepReport) throws -> Table {
    let batch = try input.concatenated()
    guard batch.count > 0 else { return Table(schema: output, batches: []) }
    let partitions = Partitions(
      of: batch, by: keys, types: keys.map { types[$0] }, order: [SortKey(column: column, descending: false)])
    let series = try FilledSeries(partitions, dates: batch.columns[column], every: period, whole: spansAll)
    let count = series.dates.count
    var columns: [Column] = []
    for place in batch.columns.indices {
      if place == column {
        columns.append(Column(.dates(series.dates)))
      } else if keys.contains(place) {
        columns.append(series.keys(batch.columns[place]))
      } else {
        columns.append(
          try series.filled(
            batch.columns[place], methods[place], type: types[place], inputDates: batch.columns[column]))
      }
    }
    report.counts.added += count - batch.count
    return Table(schema: output, batches: [Batch(columns: columns, count: count)])
  }
}
