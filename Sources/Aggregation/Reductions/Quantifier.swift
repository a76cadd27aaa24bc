import Columns
import Diagnostics

/// `any(x)`: whether x is true in at least one row.
public struct AnyTrue: ListedReduction {
  public static let declaration = FunctionDeclaration(
    "any", "any(x)", "Whether x is true in at least one row; false of nothing.", 1...1)

  public let resultType = ValueType(.bool)

  public init(resolving arguments: [ArgumentType]) throws(ReductionProblem) {
    try Self.declaration.checkCount(arguments)
    guard arguments[0].type.data == .bool else {
      throw Reductions.wrongType("any", takes: "a bool", not: arguments[0].type)
    }
  }

  public func makePartial() -> any ReductionPartial { QuantifierPartial(decidedBy: true) }
}

/// `all(x)`: whether x is false in no row.
public struct AllTrue: ListedReduction {
  public static let declaration = FunctionDeclaration(
    "all", "all(x)", "Whether x is true in every row in which it has a value; true of nothing.", 1...1)

  public let resultType = ValueType(.bool)

  public init(resolving arguments: [ArgumentType]) throws(ReductionProblem) {
    try Self.declaration.checkCount(arguments)
    guard arguments[0].type.data == .bool else {
      throw Reductions.wrongType("all", takes: "a bool", not: arguments[0].type)
    }
  }

  public func makePartial() -> any ReductionPartial { QuantifierPartial(decidedBy: false) }
}

final class QuantifierPartial: StatefulPartial {
  /// The value that settles the answer: true for any, false for all.
  private let deciding: Bool
  private var decided: [Bool] = []

  init(decidedBy deciding: Bool) { self.deciding = deciding }

  func grow(to groupCount: Int) { decided.grow(to: groupCount, with: false) }

  func add(_ arguments: [Column], groups: [UInt32], positions: RowPositions) {
    guard case .bools(let values) = arguments[0].values else { preconditionFailure("any and all take bools") }
    let present = arguments[0].present
    for row in values.indices where values[row] == deciding {
      if let present, !present[row] { continue }
      decided[Int(groups[row])] = true
    }
  }

  func merge(_ other: any ReductionPartial, mapping: [UInt32]) {
    guard let other = other as? QuantifierPartial else { preconditionFailure("partials of two reductions") }
    for group in mapping.indices where other.decided[group] && mapping[group] != skippedGroup {
      decided[Int(mapping[group])] = true
    }
  }

  func finish(groupCount: Int) -> Column {
    Column(.bools(decided.prefix(groupCount).map { $0 ? deciding : !deciding }))
  }

  static let stateName = "quantifier"

  func write(to writer: inout StateWriter) {
    writer.put(decided)
  }

  func read(from reader: inout StateReader, groupCount: Int) throws(RunFailure) {
    decided = try reader.bools(count: groupCount)
  }
}
