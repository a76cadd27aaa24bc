import Columns
import Diagnostics

/// A function of a row and the other rows of its partition, bound to the types of its arguments.
public protocol WindowFunction: Sendable {
  static var declaration: FunctionDeclaration { get }

  /// - Throws: where the function does not take such arguments.
  init(resolving arguments: [ArgumentType]) throws(ReductionProblem)

  var resultType: ValueType { get }

  /// The result of every row, in the order of the input's rows.
  ///
  /// - Parameter arguments: one column an argument, over all rows; constants repeated.
  func evaluate(_ partitions: Partitions, arguments: [Column]) throws(RunFailure) -> Column
}

/// Every window function, in the order in which they are documented.
public enum WindowFunctions {
  public static let all: [any WindowFunction.Type] = [
    Rank.self, DenseRank.self, RowNumber.self, PercentRank.self, NTile.self, RunningSum.self, RunningCount.self,
    RunningAverage.self, RunningMinimum.self, RunningMaximum.self, Lag.self, Lead.self, FirstValue.self,
    LastValue.self, MovingSum.self, MovingAverage.self, Growth.self, Share.self,
  ]

  /// The window function of a name.
  public static func named(_ name: String) -> (any WindowFunction.Type)? { all.first { $0.declaration.name == name } }

  /// A whole number that stands as a constant in the call.
  static func constantCount(_ name: String, _ argument: ArgumentType, least: Int) throws(ReductionProblem) -> Int {
    guard case .int(let value) = argument.constant, value >= least, value <= 1_000_000_000 else {
      throw ReductionProblem(
        .wrongValue, "\(name) takes a constant whole number, \(least) or more, as its second argument")
    }
    return Int(value)
  }
}
