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
enum GroupArgument: Hashable, Sendable {
  case column(Int)
  /// An output of the row program.
  case program(Int)
  /// The result of a script.
  case script(Int)
  /// Where the row stands in its input: `RowOrigin.word`, missing of rows that stand in none.
  case origin
  case constant(Scalar)

  var isConstant: Bool { if case .constant = self { true } else { false } }
}

struct PlannedReduction: Sendable {
  var reduction: any Reduction
  var arguments: [GroupArgument]
  /// Of each argument.
  var types: [DataType]
}

extension PlannedReduction {
  /// A reduction of columns of the input.
  init(_ reduction: any Reduction, of columns: [Int], _ types: [ValueType]) {
    self.init(reduction: reduction, arguments: columns.map { .column($0) }, types: types.map(\.data))
  }
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
  var keyProgram: Program
  var rowProgram: Program?
  let finishProgram: Program?
  let grains: GroupGrains?
  let minimum: MinimumGroup?
  var scripts: [PlannedScript]
  let reductions: [PlannedReduction]
  let firstCall: Int
  let results: [GroupResult]
  let output: Schema

  func makePartial(_ context: WorkerContext) throws -> any AggregatePartial {
    try GroupingPartial(self, context)
  }

  func finish(_ partials: [any AggregatePartial], _ request: FinishRequest, _ report: inout StepReport) throws
    -> FinishedAggregate
  {
    let shares = partials.map { partial in
      guard let share = partial as? GroupingPartial else { preconditionFailure("partials of one step") }
      return share
    }
    return try GroupingResult(self, request, report).finish(shares.map(\.sets), &report)
  }

  /// Values that reductions take, each once.
  var valueArguments: [GroupArgument] {
    valueTypes.map(\.argument)
  }

  private var valueTypes: [(argument: GroupArgument, type: DataType)] {
    var distinct: [(argument: GroupArgument, type: DataType)] = []
    for reduction in reductions {
      for (argument, type) in zip(reduction.arguments, reduction.types) {
        if argument.isConstant || distinct.contains(where: { $0.argument == argument }) { continue }
        distinct.append((argument, type))
      }
    }
    return distinct
  }

  var layout: GroupLayout {
    let values = valueArguments
    return GroupLayout(
      keyTypes: keys.map(\.type.data) + (grains == nil ? [] : [.date]), valueTypes: valueTypes.map(\.type),
      reductions: reductions.map(\.reduction),
      arguments: reductions.map { reduction in
        reduction.arguments.map { argument in
          if case .constant(let scalar) = argument { return .constant(scalar, scalar.dataType) }
          return .value(values.firstIndex(of: argument)!)
        }
      })
  }
}

// MARK: What it has in common with other steps

extension GroupingOperation {
  func expressions(_ rows: CommonRows) -> [Set<ColumnExpression>] {
    [rows.expressions(of: keyProgram)] + (rowProgram.map { [rows.expressions(of: $0)] } ?? [])
      + scripts.map { $0.function.expressions(rows.arguments($0.columns)) }
  }

  func taking(_ numbers: CommonExpressionNumbers, _ rows: CommonRows) -> any AggregateOperation {
    var result = self
    result.keyProgram = keyProgram.taking(numbers, rows)
    result.rowProgram = rowProgram?.taking(numbers, rows)
    for index in scripts.indices {
      result.scripts[index].function = scripts[index].function.taking(numbers, rows.arguments(scripts[index].columns))
    }
    return result
  }
}
