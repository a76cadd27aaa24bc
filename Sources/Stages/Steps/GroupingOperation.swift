import Aggregation
import Columns
import Diagnostics
import Expressions
import Planning

/// What rows are grouped by.
struct GroupKey: Sendable {
  enum Source: Sendable {
    case column(Int)
    /// An output of the key program.
    case program(Int)
  }

  var name: String
  var type: ValueType
  var source: Source
}

/// The lengths of periods.
enum Grain: String, CaseIterable, Sendable {
  case day, week, month, quarter, year

  func start(of date: CalendarDate, _ calendar: CalendarSpec) -> CalendarDate {
    switch self {
    case .day: date
    case .week: date.firstOfWeek(firstWeekday: calendar.firstWeekday)
    case .month: date.firstOfMonth
    case .quarter: date.firstOfQuarter(firstMonth: calendar.firstMonth)
    case .year: date.firstOfYear(firstMonth: calendar.firstMonth)
    }
  }
}

/// Each row is counted once in a period of every grain.
struct GroupGrains: Sendable {
  var column: Int
  var grains: [Grain]
  var calendar: CalendarSpec
}

/// Groups below this are left out, and counted as suppressed.
struct MinimumGroup: Sendable {
  var rows: Int
  /// The reduction that counts.
  var reduction: Int
}

/// Where an argument of a reduction comes from.
enum GroupArgument: Sendable {
  case column(Int)
  /// An output of the row program.
  case program(Int)
  /// The result of a script.
  case script(Int)
  case constant(Scalar)
}

struct PlannedReduction: Sendable {
  var reduction: any Reduction
  var arguments: [GroupArgument]
}

/// A script's value for each row.
struct PlannedScript: Sendable {
  var function: any BoundScript
  var columns: [Int]
}

/// Where a column of the result comes from.
enum GroupResult: Sendable {
  case reduction(Int)
  /// An output of the finishing program.
  case finish(Int)
  /// A script over results of reductions.
  case script(any BoundScript, [Int])
  case constant(Scalar, DataType)
}

/// Rows to groups: keys by dense number, values into reductions, results through what is computed from them.
struct GroupingOperation: AggregateOperation {
  let inputCount: Int
  let keys: [GroupKey]
  /// Where each key stands among the columns that metrics may name.
  let keyPositions: [Int]
  /// Columns that metrics may name: the input's, then computed keys.
  let scopeCount: Int
  let keyProgram: Program
  let rowProgram: Program?
  let finishProgram: Program?
  let grains: GroupGrains?
  let minimum: MinimumGroup?
  let scripts: [PlannedScript]
  let reductions: [PlannedReduction]
  let firstCall: Int
  let results: [GroupResult]
  let output: Schema

  func makePartial(_ context: WorkerContext) throws -> any AggregatePartial {
    try GroupingPartial(self, context)
  }
}

/// One worker's groups.
final class GroupingPartial: AggregatePartial {
  private let operation: GroupingOperation
  private let context: WorkerContext
  private let scripts: [any BoundScriptInstance]
  /// One for each grain; one in all where there are none.
  private var sets: [GroupSet]

  private struct GroupSet {
    var table: GroupTable
    var partials: [any ReductionPartial]
  }

  init(_ operation: GroupingOperation, _ context: WorkerContext) throws {
    self.operation = operation
    self.context = context
    scripts = try operation.scripts.map { try $0.function.makeInstance(context) }
    let types = operation.keys.map(\.type.data) + (operation.grains == nil ? [] : [.date])
    sets = (0..<(operation.grains?.grains.count ?? 1)).map { _ in
      GroupSet(
        table: GroupTable(keyTypes: types), partials: operation.reductions.map { $0.reduction.makePartial() })
    }
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
    for (index, set) in sets.enumerated() {
      var keys = keyColumns
      if let grains = operation.grains {
        keys.append(Self.periods(batch.columns[grains.column], grains.grains[index], grains.calendar))
      }
      let groups = set.table.assign(keys, count: batch.count, position: batch.position)
      for (partial, reduction) in zip(set.partials, operation.reductions) {
        partial.grow(to: set.table.groupCount)
        partial.add(
          reduction.arguments.map { argument($0, batch) }, groups: groups, position: batch.position)
      }
    }
  }

  // What was computed for the batch at hand.
  private var keyColumns: [Column] = []
  private var values: [Column] = []
  private var scriptValues: [Column] = []

  private func compute(_ batch: Batch) throws -> [RowProblem] {
    var problems: [RowProblem] = []
    let keyResult = try operation.keyProgram.evaluate(batch.columns, count: batch.count, worker: context.programs)
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
      let result = try program.evaluate(columns, count: batch.count, worker: context.programs)
      values = result.columns
      problems += result.failures.map { RowProblem($0) }
    }
    scriptValues = []
    for (instance, script) in zip(scripts, operation.scripts) {
      let (columns, scriptProblems) = try instance.map(
        script.columns.map { batch.columns[$0] }, count: batch.count)
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
    case .constant(let scalar): .constant(scalar, count: batch.count, of: scalar.dataType)
    }
  }

  private static func periods(_ column: Column, _ grain: Grain, _ calendar: CalendarSpec) -> Column {
    guard case .dates(let days) = column.values else { preconditionFailure("grains are planned over dates") }
    return Column(
      .dates(days.map { grain.start(of: CalendarDate(days: $0), calendar).days }), present: column.present)
  }

  func absorb(_ other: any AggregatePartial) throws {
    guard let other = other as? GroupingPartial else { preconditionFailure("partials of one step") }
    for (mine, theirs) in zip(sets, other.sets) {
      let mapping = mine.table.absorb(theirs.table)
      for (partial, more) in zip(mine.partials, theirs.partials) {
        partial.grow(to: mine.table.groupCount)
        partial.merge(more, mapping: mapping)
      }
    }
  }

  // MARK: Results

  func finish(_ report: inout StepReport) throws -> Table {
    var batches: [Batch] = []
    for (index, set) in sets.enumerated() {
      let batch = try finish(set, grain: operation.grains?.grains[index], number: index, &report)
      if batch.count > 0 { batches.append(batch) }
    }
    return Table(schema: operation.output, batches: batches)
  }

  private func finish(_ set: GroupSet, grain: Grain?, number: Int, _ report: inout StepReport) throws -> Batch {
    // Without keys there is one group, also of no rows: the sum of nothing is 0.
    let isTotal = operation.keys.isEmpty && operation.grains == nil
    let count = isTotal ? 1 : set.table.groupCount
    var order = isTotal ? [0] : set.table.outputOrder()
    var reduced: [Column] = []
    for partial in set.partials {
      partial.grow(to: count)
      reduced.append(try partial.finish(groupCount: count))
    }
    if let minimum = operation.minimum { order = large(order, reduced[minimum.reduction], minimum, &report) }
    reduced = reduced.map { $0.gathered(order) }
    let keys = set.table.keyColumns().map { $0.gathered(order) }
    let keyCount = operation.keys.count
    var columns = Array(keys.prefix(keyCount))
    if let grain {
      columns.append(.constant(.string(grain.rawValue), count: order.count, of: .string))
      columns.append(keys[keyCount])
    }
    columns += try finishedColumns(Array(keys.prefix(keyCount)), reduced, count: order.count, report.label)
    return Batch(columns: columns, count: order.count, position: Batch.Position(split: number, batch: 0))
  }

  private func large(
    _ order: [Int32], _ counts: Column, _ minimum: MinimumGroup, _ report: inout StepReport
  ) -> [Int32] {
    guard case .ints(let counts) = counts.values else { preconditionFailure("groups are counted in whole numbers") }
    let kept = order.filter { counts[Int($0)] >= Int64(minimum.rows) }
    // The groups' rows are made and then withheld.
    report.counts.added += order.count - kept.count
    report.counts.suppressed += order.count - kept.count
    return kept
  }

  private func finishedColumns(_ keys: [Column], _ reduced: [Column], count: Int, _ label: String) throws -> [Column] {
    var finished: ProgramResult?
    if let program = operation.finishProgram, !program.outputs.isEmpty {
      var inputs = [Column](repeating: .unread, count: operation.scopeCount)
      for (key, position) in zip(keys, operation.keyPositions) { inputs[position] = key }
      inputs += reduced[operation.firstCall...]
      let result = try program.evaluate(inputs, count: count, worker: context.programs)
      if let failure = result.failures.first { throw Self.failure(RowProblem(failure), keys, operation, label) }
      finished = result
    }
    return try operation.results.map { result in
      switch result {
      case .reduction(let index): return reduced[index]
      case .finish(let output): return finished!.columns[output]
      case .constant(let scalar, let type): return .constant(scalar, count: count, of: type)
      case .script(let script, let indexes):
        let (columns, problems) = try script.makeInstance(context).map(indexes.map { reduced[$0] }, count: count)
        if let problem = problems.first { throw Self.failure(problem, keys, operation, label) }
        return columns[0]
      }
    }
  }

  /// A group that cannot be computed ends the run: a report without one of its rows is worse than none.
  private static func failure(
    _ problem: RowProblem, _ keys: [Column], _ operation: GroupingOperation, _ label: String
  ) -> RunFailure {
    let key = zip(operation.keys, keys).map { "\($0.name) = \($1.scalar(Int(problem.row)).text)" }
    let group = key.isEmpty ? "" : " for the group \(key.joined(separator: ", "))"
    return RunFailure(problem.code, "\(label): \(problem.message)\(group)")
  }
}
