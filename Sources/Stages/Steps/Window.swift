import Aggregation
import Columns
import Diagnostics
import Expressions
import Planning

/// `window: { by: [skill], order: [month], derive: { before: lag(gsv) } }`
enum Window: StepDefinition {
  static let name = "window"
  static let summary = "Adds columns that look at other rows of the same partition: ranks, running sums, lag, growth."
  static let example = "- window: { by: [skill], order: [month], derive: { place: rank(), before: lag(gsv) } }"

  static func plan(_ step: StepSpec, _ context: inout StepContext) -> StepPlan? {
    var reader = SpecReader(step.arguments, subject: "window")
    let by = reader.node("by")
    let order = reader.node("order")
    if reader.node("derive") == nil { _ = reader.requiredNode("derive") }
    let entries = reader.entries("derive")
    context.report(reader.finish())
    let keys = by.map { context.columns($0, of: "'by' of window") } ?? []
    let sort = order.map { context.sortKeys($0, of: "'order' of window") } ?? []
    var output = context.input
    var steps: [WindowOperation.Step] = []
    var failed = false
    for entry in entries {
      // Each expression sees the columns before it, made by this step or not.
      guard let made = column(entry, over: output, &context) else {
        context.poison(entry.key)
        failed = true
        continue
      }
      steps.append(made.step)
      output.append(made.field)
    }
    if failed {
      for entry in entries { context.poison(entry.key) }
      return context.unchanged
    }
    let count = context.input.count
    return StepPlan(
      output: output,
      operation: .table(
        WindowOperation(
          partition: keys, partitionTypes: keys.map { context.input[$0].type.data },
          order: sort.map { SortKey(column: $0.column, descending: $0.descending) }, steps: steps, output: output)),
      reads: Set(0..<count), carried: Array(0..<count) + steps.map { _ in nil })
  }

  private static func column(
    _ entry: DocumentNode.Entry, over columns: Schema, _ context: inout StepContext
  ) -> (step: WindowOperation.Step, field: Field)? {
    guard let text = context.expression(entry.value, of: "'\(entry.key)' of window"),
      context.checkNew(entry.key, at: entry.keySpan, among: columns.names)
    else { return nil }
    var builder = ProgramBuilder(scope: context.scope(columns, extractable: WindowCalls()))
    let output = builder.add(text)
    context.report(builder.diagnostics)
    guard let output else { return nil }
    var calls: [WindowOperation.Call] = []
    for call in builder.extractedCalls {
      guard let function = try? WindowCalls.function(call.name, call.arguments, at: call.span) else { return nil }
      calls.append(
        WindowOperation.Call(
          function: function,
          arguments: call.arguments.map { argument in
            argument.output.map { .output($0) } ?? .constant(argument.constant ?? .missing, argument.type.data)
          }))
    }
    return (
      WindowOperation.Step(
        rows: builder.build(), finish: builder.buildFinish(), phase: output.phase, output: output.output, calls: calls),
      Field(entry.key, output.type, provenance: context.provenance(of: output, among: columns.fields))
    )
  }
}

/// Window functions as functions that an expression may call.
struct WindowCalls: ExtractableCalls {
  func signature(_ name: String) -> String? { WindowFunctions.named(name)?.declaration.signature }
  var names: [String] { WindowFunctions.all.map { $0.declaration.name } }

  func resultType(_ name: String, _ arguments: [ExtractedArgument], at span: SourceSpan) throws(Diagnostic) -> ValueType
  {
    try Self.function(name, arguments, at: span).resultType
  }

  static func function(
    _ name: String, _ arguments: [ExtractedArgument], at span: SourceSpan
  ) throws(Diagnostic) -> any WindowFunction {
    guard let type = WindowFunctions.named(name) else {
      throw Diagnostic(.unknownFunction, "no window function '\(name)'", at: span)
    }
    do throws(ReductionProblem) {
      return try type.init(resolving: arguments.map { ArgumentType(type: $0.type, constant: $0.constant) })
    } catch {
      throw Diagnostic(error.code, error.message, at: span, help: type.declaration.signature)
    }
  }
}

struct WindowOperation: TableOperation {
  struct Call: Sendable {
    enum Argument: Sendable {
      case output(Int)
      case constant(Scalar, DataType)
    }

    var function: any WindowFunction
    var arguments: [Argument]
  }

  /// One derived column.
  struct Step: Sendable {
    var rows: Program
    var finish: Program
    var phase: CompiledExpression.Phase
    var output: Int
    var calls: [Call]
  }

  let partition: [Int]
  let partitionTypes: [DataType]
  let order: [SortKey]
  let steps: [Step]
  let output: Schema

  func run(_ input: Table, sides: [Table], context: WorkerContext, _ report: inout StepReport) throws -> Table {
    if let parts = try PartitionedRows.ofLarge(input, by: partition, types: partitionTypes, context.memory) {
      let label = report
      // What fails here fails below as well, and there the first of the rows is named.
      let made = try? parts.mapped(schema: output) { batch in
        try computed(batch.withoutPlaces, context, label).placed(as: batch.places)
      }
      if let made { return made }
    }
    let batch = try computed(input.concatenated(), context, report)
    return Table(schema: output, batches: batch.count > 0 ? [batch] : [])
  }

  /// The rows with the columns of all steps.
  private func computed(_ input: Batch, _ context: WorkerContext, _ report: StepReport) throws -> Batch {
    var batch = input
    let partitions = Partitions(of: batch, by: partition, types: partitionTypes, order: order)
    for step in steps {
      let rows = try step.rows.evaluate(batch.columns, count: batch.count, worker: context.programs)
      try Self.check(rows, report)
      var column: Column
      if step.phase == .row {
        column = rows.columns[step.output]
      } else {
        var inputs = batch.columns
        for call in step.calls {
          let arguments = call.arguments.map { argument in
            switch argument {
            case .output(let output): rows.columns[output]
            case .constant(let scalar, let type): Column.constant(scalar, count: batch.count, of: type)
            }
          }
          inputs.append(try call.function.evaluate(partitions, arguments: arguments))
        }
        let result = try step.finish.evaluate(inputs, count: batch.count, worker: context.programs)
        try Self.check(result, report)
        column = result.columns[step.output]
      }
      if batch.count == 0 { column = column.gathered([]) }
      batch = Batch(
        columns: batch.columns + [column], count: batch.count, position: batch.position, origins: batch.origins)
    }
    return batch
  }

  /// A row that cannot be computed would leave a gap in what is computed from its neighbours: the run ends.
  private static func check(_ result: ProgramResult, _ report: StepReport) throws {
    if let failure = result.failures.first {
      throw RunFailure(failure.code, "\(report.label): \(failure.message)")
    }
  }
}
