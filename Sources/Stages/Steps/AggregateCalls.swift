import Aggregation
import Columns
import Diagnostics
import Expressions

/// Aggregates as functions that an expression may call.
struct AggregateCalls: ExtractableCalls {
  /// Columns that have one value a group.
  let keys: Set<String>
  /// Whether there is a group only where there is a row of it: not so without any key.
  let groupsHaveRows: Bool

  func signature(_ name: String) -> String? { Reductions.named(name)?.declaration.signature }
  var names: [String] { Reductions.all.map { $0.declaration.name } }
  func mayRead(column: String) -> Bool { keys.contains(column) }

  func resultType(_ name: String, _ arguments: [ExtractedArgument], at span: SourceSpan) throws(Diagnostic) -> ValueType
  {
    let reduction = try Self.reduction(name, arguments, at: span)
    let isGiven = groupsHaveRows && arguments.allSatisfy { !$0.type.isNullable }
    return isGiven ? reduction.resultTypeOfSome : reduction.resultType
  }

  static func reduction(
    _ name: String, _ arguments: [ExtractedArgument], at span: SourceSpan
  ) throws(Diagnostic) -> any Reduction {
    guard let type = Reductions.named(name) else {
      throw Diagnostic(.unknownFunction, "no aggregate '\(name)'", at: span)
    }
    do throws(ReductionProblem) {
      return try type.init(resolving: arguments.map { ArgumentType(type: $0.type, constant: $0.constant) })
    } catch {
      throw Diagnostic(error.code, error.message, at: span, help: type.declaration.signature)
    }
  }
}

extension Scalar {
  /// The type of a value by itself.
  var dataType: DataType {
    switch self {
    case .missing, .string: .string
    case .bool: .bool
    case .int: .int
    case .float: .float
    case .decimal(let value): .decimal(scale: value.scale)
    case .date: .date
    case .timestamp: .timestamp
    case .list(let values): .list(values.first?.dataType ?? .string)
    }
  }
}
