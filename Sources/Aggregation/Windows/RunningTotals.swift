import Columns
import Diagnostics

/// `running_sum(x)`: the sum of x from the partition's first row to this one; a missing x adds nothing.
public struct RunningSum: WindowFunction {
  public static let declaration = FunctionDeclaration(
    "running_sum", "running_sum(x)", "The sum of x up to and with this row.", 1...1)
  public let resultType: ValueType

  public init(resolving arguments: [ArgumentType]) throws(ReductionProblem) {
    try Self.declaration.checkCount(arguments)
    resultType = try WindowTotals.sumType("running_sum", arguments[0].type)
  }

  public func evaluate(_ partitions: Partitions, arguments: [Column]) throws(RunFailure) -> Column {
    try WindowTotals.sums(partitions, arguments[0], width: .max, type: resultType.data).column
  }
}

/// `moving_sum(x, n)`: the sum of x over this row and the n - 1 before it.
public struct MovingSum: WindowFunction {
  public static let declaration = FunctionDeclaration(
    "moving_sum", "moving_sum(x, n)", "The sum of x over the last n rows, this one included.", 2...2)
  public let resultType: ValueType
  private let width: Int

  public init(resolving arguments: [ArgumentType]) throws(ReductionProblem) {
    try Self.declaration.checkCount(arguments)
    resultType = try WindowTotals.sumType("moving_sum", arguments[0].type)
    width = try WindowFunctions.constantCount("moving_sum", arguments[1], least: 1)
  }

  public func evaluate(_ partitions: Partitions, arguments: [Column]) throws(RunFailure) -> Column {
    try WindowTotals.sums(partitions, arguments[0], width: width, type: resultType.data).column
  }
}

/// `running_avg(x)`: the mean of x from the partition's first row to this one.
public struct RunningAverage: WindowFunction {
  public static let declaration = FunctionDeclaration(
    "running_avg", "running_avg(x)", "The mean of x up to and with this row; nil while x had no value.", 1...1)
  public let resultType: ValueType

  public init(resolving arguments: [ArgumentType]) throws(ReductionProblem) {
    try Self.declaration.checkCount(arguments)
    resultType = try Reductions.exactFraction("running_avg", of: arguments[0].type)
  }

  public func evaluate(_ partitions: Partitions, arguments: [Column]) throws(RunFailure) -> Column {
    try WindowTotals.averages(partitions, arguments[0], width: .max)
  }
}

/// `moving_avg(x, n)`: the mean of x over this row and the n - 1 before it; of fewer rows at the start.
public struct MovingAverage: WindowFunction {
  public static let declaration = FunctionDeclaration(
    "moving_avg", "moving_avg(x, n)", "The mean of x over the last n rows, this one included.", 2...2)
  public let resultType: ValueType
  private let width: Int

  public init(resolving arguments: [ArgumentType]) throws(ReductionProblem) {
    try Self.declaration.checkCount(arguments)
    resultType = try Reductions.exactFraction("moving_avg", of: arguments[0].type)
    width = try WindowFunctions.constantCount("moving_avg", arguments[1], least: 1)
  }

  public func evaluate(_ partitions: Partitions, arguments: [Column]) throws(RunFailure) -> Column {
    try WindowTotals.averages(partitions, arguments[0], width: width)
  }
}

/// `running_count(x)`: the rows up to this one in which x has a value; `running_count()`: the rows.
public struct RunningCount: WindowFunction {
  public static let declaration = FunctionDeclaration(
    "running_count", "running_count(x)", "How many rows up to and with this one have a value of x.", 0...1)
  public let resultType = ValueType(.int)

  public init(resolving arguments: [ArgumentType]) throws(ReductionProblem) {
    try Self.declaration.checkCount(arguments)
  }

  public func evaluate(_ partitions: Partitions, arguments: [Column]) -> Column {
    let present = arguments.first?.present
    var counts = [Int64](repeating: 0, count: partitions.rowCount)
    for range in partitions.ranges {
      var count: Int64 = 0
      for place in range {
        let row = Int(partitions.rows[place])
        if present?[row] ?? true { count += 1 }
        counts[row] = count
      }
    }
    return Column(.ints(counts))
  }
}
