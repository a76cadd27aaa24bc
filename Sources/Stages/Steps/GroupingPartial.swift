import Aggregation
import Columns
import Diagnostics
import Expressions
import Planning

/// One worker's groups.
final class GroupingPartial: PortablePartial {
  private let operation: GroupingOperation
  private let context: WorkerContext
  private let scripts: [any BoundScriptInstance]
  private let valueArguments: [GroupArgument]
  /// One for each grain; one in all where there are none.
  let sets: [GroupStore]
  private var absorbed: [GroupingPartial] = []

  init(_ operation: GroupingOperation, _ context: WorkerContext) throws {
    self.operation = operation
    self.context = context
    scripts = try operation.scripts.map { try $0.function.makeInstance(context) }
    valueArguments = operation.valueArguments
    let layout = operation.layout
    sets = (0..<(operation.grains?.grains.count ?? 1)).map { _ in GroupStore(layout, budget: context.memory) }
  }

  func add(_ batch: Batch, _ report: inout StepReport) throws {
    var batch = batch
    let problems = try compute(batch)
    if !problems.isEmpty {
      // Rare: the failing rows are taken out and the rest computed again.
      batch = try report.quarantine(problems, in: batch)
      let rest = try compute(batch)
      precondition(rest.isEmpty, "a row fails on its own account")
    }
    guard batch.count > 0 else { return }
    let arguments = valueArguments.map { argument($0, batch) }
    for (index, set) in sets.enumerated() {
      var keys = keyColumns
      if let grains = operation.grains {
        keys.append(Self.periods(batch.columns[grains.column], grains.grains[index], grains.calendar))
      }
      try set.add(keys: keys, values: arguments, count: batch.count, position: batch.position)
    }
  }

  // What was computed for the batch at hand.
  private var keyColumns: [Column] = []
  private var values: [Column] = []
  private var scriptValues: [Column] = []

  private func compute(_ batch: Batch) throws -> [RowProblem] {
    var problems: [RowProblem] = []
    let keyResult = try operation.keyProgram.evaluate(
      batch.columns, common: batch.common, count: batch.count, worker: context.programs)
    problems += keyResult.failures.map { RowProblem($0) }
    keyColumns = operation.keys.map { key in
      switch key.source {
      case .column(let column): batch.columns[column]
      case .program(let output): keyResult.columns[output]
      }
    }
    if let program = operation.rowProgram, !program.outputs.isEmpty {
      var columns = batch.columns
      columns += [Column](repeating: .unread, count: operation.scopeCount - operation.inputCount)
      for (key, position) in zip(keyColumns, operation.keyPositions) { columns[position] = key }
      let result = try program.evaluate(
        columns, common: batch.common, count: batch.count, worker: context.programs)
      values = result.columns
      problems += result.failures.map { RowProblem($0) }
    }
    scriptValues = []
    for (instance, script) in zip(scripts, operation.scripts) {
      let (columns, scriptProblems) = try instance.map(
        script.columns.map { batch.columns[$0] }, common: batch.common, count: batch.count)
      scriptValues.append(columns[0])
      problems += scriptProblems
    }
    return problems
  }

  private func argument(_ argument: GroupArgument, _ batch: Batch) -> Column {
    switch argument {
    case .column(let column): batch.columns[column]
    case .program(let output): values[output]
    case .script(let script): scriptValues[script]
    case .origin:
      batch.origins.map { Column(.ints($0.known.map { Int64(bitPattern: $0.word) })) }
        ?? .constant(.missing, count: batch.count, of: .int)
    case .constant: preconditionFailure("constants are no values of rows")
    }
  }

  private static func periods(_ column: Column, _ grain: Grain, _ calendar: CalendarSpec) -> Column {
    guard case .dates(let days) = column.values else { preconditionFailure("grains are planned over dates") }
    return Column(
      .dates(days.map { grain.start(of: CalendarDate(days: $0), calendar).days }), present: column.present)
  }

  func absorb(_ other: any AggregatePartial) throws {
    guard let other = other as? GroupingPartial else { preconditionFailure("partials of one step") }
    absorbed.append(other)
  }

  func encode() throws -> [UInt8] {
    var writer = StateWriter()
    for set in sets { writer.put(try set.encode()) }
    return writer.bytes
  }

  func absorb(encoded bytes: [UInt8]) throws {
    var reader = StateReader(bytes[...])
    for set in sets { try set.absorb(encoded: try reader.array()) }
    guard reader.isAtEnd else { throw StateReader.damaged }
  }

  func finish(_ report: inout StepReport) throws -> Table {
    try operation.finish([self] + absorbed, FinishRequest(contexts: [context]), &report).table
  }
}
