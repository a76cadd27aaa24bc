import Columns
import Diagnostics

/// `running_min(x)`: the least x up to this row.
public struct RunningMinimum: WindowFunction {
  public static let declaration = FunctionDeclaration(
    "running_min", "running_min(x)", "The least x up to and with this row; nil while x had no value.", 1...1)
  public let resultType: ValueType

  public init(resolving arguments: [ArgumentType]) throws(ReductionProblem) {
    try Self.declaration.checkCount(arguments)
    resultType = try Reductions.ordered("running_min", arguments[0].type)
  }

  public func evaluate(_ partitions: Partitions, arguments: [Column]) -> Column {
    RunningExtreme.extremes(partitions, arguments[0], wantsGreatest: false)
  }
}

/// `running_max(x)`: the greatest x up to this row.
public struct RunningMaximum: WindowFunction {
  public static let declaration = FunctionDeclaration(
    "running_max", "running_max(x)", "The greatest x up to and with this row; nil while x had no value.", 1...1)
  public let resultType: ValueType

  public init(resolving arguments: [ArgumentType]) throws(ReductionProblem) {
    try Self.declaration.checkCount(arguments)
    resultType = try Reductions.ordered("running_max", arguments[0].type)
  }

  public func evaluate(_ partitions: Partitions, arguments: [Column]) -> Column {
    RunningExtreme.extremes(partitions, arguments[0], wantsGreatest: true)
  }
}

enum RunningExtreme {
  static func extremes(_ partitions: Partitions, _ column: Column, wantsGreatest: Bool) -> Column {
    let order = RowOrder([(column, wantsGreatest)], count: column.count)
    var sources = [Int32](repeating: -1, count: column.count)
    for range in partitions.ranges {
      var best: Int32 = -1
      for place in range {
        let row = partitions.rows[place]
        if column.isPresent(Int(row)), best < 0 || order.precedes(row, best) { best = row }
        sources[Int(row)] = best
      }
    }
    return column.gatheredOrMissing(sources)
  }
}
