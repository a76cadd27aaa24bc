import Columns
import Diagnostics

/// What an aggregate is given in one place: the type of the expression, and its value where it is a constant.
public struct ArgumentType: Sendable {
  public var type: ValueType
  public var constant: Scalar?

  public init(type: ValueType, constant: Scalar? = nil) {
    self.type = type
    self.constant = constant
  }

  public init(_ type: ValueType) { self.init(type: type) }
}

/// Why an aggregate or window function does not take its arguments, in the user's words.
public struct ReductionProblem: Error, Sendable, Equatable {
  public let code: DiagnosticCode
  public let message: String

  public init(_ code: DiagnosticCode, _ message: String) {
    self.code = code
    self.message = message
  }
}

/// How an aggregate or window function is called and what it means: the source of its documentation and of the check of its calls.
public struct FunctionDeclaration: Sendable, Equatable {
  public let name: String
  /// As it is written: `quantile(x, q)`.
  public let signature: String
  /// One line.
  public let summary: String
  public let argumentCount: ClosedRange<Int>

  init(_ name: String, _ signature: String, _ summary: String, _ argumentCount: ClosedRange<Int>) {
    self.name = name
    self.signature = signature
    self.summary = summary
    self.argumentCount = argumentCount
  }

  func checkCount(_ arguments: [ArgumentType]) throws(ReductionProblem) {
    if !argumentCount.contains(arguments.count) {
      throw ReductionProblem(.argumentCount, "\(name) is called as \(signature), with \(arguments.count) given")
    }
  }
}

/// An aggregate, bound to the types of its arguments.
public protocol Reduction: Sendable {
  var resultType: ValueType { get }

  /// Whether one row with a value is enough for a result.
  var isMissingOnlyOfNothing: Bool { get }

  /// A partial of no rows and no groups.
  func makePartial() -> any ReductionPartial
}

extension Reduction {
  public var isMissingOnlyOfNothing: Bool { true }

  /// The type of the result where each group has a row, and each row a value of every argument.
  public var resultTypeOfSome: ValueType { isMissingOnlyOfNothing ? resultType.nullable(false) : resultType }
}

/// An aggregate that expressions and metrics call by name.
public protocol ListedReduction: Reduction {
  static var declaration: FunctionDeclaration { get }

  /// - Throws: where the function does not take such arguments.
  init(resolving arguments: [ArgumentType]) throws(ReductionProblem)
}

/// The state of one reduction over the rows seen so far, for each group.
///
/// Partials form a commutative monoid: any distribution of batches over partials, merged in any order, finishes with the same column. What depends on
/// the order of rows goes by their position keys. Missing values are skipped.
public protocol ReductionPartial: AnyObject {
  /// Makes room for groups below `groupCount`.
  func grow(to groupCount: Int)

  /// Takes in rows. All columns and `groups` have one length; groups are below the count last grown to.
  func add(_ arguments: [Column], groups: [UInt32], positions: RowPositions)

  /// Takes in another partial of the same reduction, whose group `n` is `mapping[n]` here; `skippedGroup` leaves one out.
  func merge(_ other: any ReductionPartial, mapping: [UInt32])

  /// The results of groups 0 to `groupCount - 1`.
  ///
  /// - Throws: where a result passes what its type holds; a `GroupFailure` where it is known of which group.
  func finish(groupCount: Int) throws -> Column
  /// The same by several threads, where the reduction has work for them.
  func finish(groupCount: Int, workers: Int) throws -> Column

  /// Bytes of values that are kept one by one, for the memory budget; what a group takes in any case is left out.
  var valueByteCount: Int { get }
}

extension ReductionPartial {
  public var valueByteCount: Int { 0 }

  public func finish(groupCount: Int, workers: Int) throws -> Column { try finish(groupCount: groupCount) }
}

/// What went wrong with one group.
public struct GroupFailure: Error {
  /// Its number; nil where a row is to blame, whose group does not matter.
  public var group: Int?
  /// The position key of the row, where one is to blame.
  public var position: Int128?
  public var failure: RunFailure

  public init(group: Int? = nil, position: Int128? = nil, _ failure: RunFailure) {
    self.group = group
    self.position = position
    self.failure = failure
  }
}

/// Every aggregate, in the order in which they are documented.
public enum Reductions {
  public static let all: [any ListedReduction.Type] = [
    Sum.self, Count.self, CountDistinct.self, Minimum.self, Maximum.self, Average.self, Median.self, Quantile.self,
    StandardDeviation.self, Variance.self, First.self, Last.self, ArgMaximum.self, ArgMinimum.self, AnyTrue.self,
    AllTrue.self, Collect.self,
  ]

  /// The aggregate of a name.
  public static func named(_ name: String) -> (any ListedReduction.Type)? { all.first { $0.declaration.name == name } }

  static func overflow(_ name: String, _ limit: String) -> RunFailure {
    RunFailure(.overflow, "\(name) passes \(limit)")
  }

  static func wrongType(_ name: String, takes expected: String, not type: ValueType) -> ReductionProblem {
    ReductionProblem(.typeMismatch, "\(name) takes \(expected), not \(type)")
  }
}

extension Array {
  /// Lengthens the array to `count` with one value.
  mutating func grow(to count: Int, with element: Element) {
    if count > self.count { append(contentsOf: repeatElement(element, count: count - self.count)) }
  }
}
