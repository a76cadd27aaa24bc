import Columns
import Diagnostics

/// `sum(x)`: exact for ints and decimals; for floats the exact sum, rounded once.
public struct Sum: ListedReduction {
  public static let declaration = FunctionDeclaration(
    "sum", "sum(x)", "The sum of x over the rows in which it has a value; 0 of nothing.", 1...1)

  public let resultType: ValueType

  public init(resolving arguments: [ArgumentType]) throws(ReductionProblem) {
    try Self.declaration.checkCount(arguments)
    let type = arguments[0].type
    switch type.data {
    case .int: resultType = ValueType(.int, unit: type.unit)
    case .float: resultType = ValueType(.float, unit: type.unit)
    case .decimal(_, let scale): resultType = ValueType(.decimal(scale: scale), unit: type.unit)
    default: throw Reductions.wrongType("sum", takes: "a number", not: type)
    }
  }

  public func makePartial() -> any ReductionPartial {
    resultType.data == .float ? FloatSumPartial() : IntegerSumPartial(resultType.data)
  }
}

final class IntegerSumPartial: StatefulPartial {
  private let type: DataType
  private var sums = ExactIntegerSums()

  init(_ type: DataType) { self.type = type }

  func grow(to groupCount: Int) { sums.grow(to: groupCount) }

  func add(_ arguments: [Column], groups: [UInt32], positions: RowPositions) {
    sums.add(arguments[0], groups: groups)
  }

  func merge(_ other: any ReductionPartial, mapping: [UInt32]) {
    guard let other = other as? IntegerSumPartial else { preconditionFailure("partials of two reductions") }
    sums.merge(other.sums, mapping: mapping)
  }

  func finish(groupCount: Int) throws(RunFailure) -> Column {
    guard let scale = type.decimalScale else {
      var results: [Int64] = []
      results.reserveCapacity(groupCount)
      for group in 0..<groupCount {
        guard let sum = sums.sum(group).flatMap({ Int64(exactly: $0) }) else {
          throw Reductions.overflow("a sum of ints", "64 bits")
        }
        results.append(sum)
      }
      return Column(.ints(results))
    }
    var results: [Int128] = []
    results.reserveCapacity(groupCount)
    for group in 0..<groupCount {
      guard let sum = sums.sum(group), DecimalArithmetic.fits(sum) else {
        throw Reductions.overflow("a sum", "38 digits")
      }
      results.append(sum)
    }
    return Column(.decimals128(results, scale: scale))
  }

  static let stateName = "integer sum"

  func write(to writer: inout StateWriter) {
    sums.write(to: &writer)
  }

  func read(from reader: inout StateReader, groupCount: Int) throws(RunFailure) {
    try sums.read(from: &reader, groupCount: groupCount)
  }
}

extension ExactIntegerSums {
  /// Adds the ints or the coefficients of a column.
  mutating func add(_ column: Column, groups: [UInt32]) {
    switch column.values {
    case .ints(let values), .decimals64(let values, _): add(values, groups: groups, present: column.present)
    case .decimals128(let values, _): add(values, groups: groups, present: column.present)
    default: preconditionFailure("a sum of what is no number")
    }
  }
}

final class FloatSumPartial: StatefulPartial {
  private var sums = ExactFloatSums()

  func grow(to groupCount: Int) { sums.grow(to: groupCount) }

  func add(_ arguments: [Column], groups: [UInt32], positions: RowPositions) {
    guard case .floats(let values) = arguments[0].values else { preconditionFailure("a sum of what is no float") }
    sums.add(values, groups: groups, present: arguments[0].present)
  }

  func merge(_ other: any ReductionPartial, mapping: [UInt32]) {
    guard let other = other as? FloatSumPartial else { preconditionFailure("partials of two reductions") }
    sums.merge(other.sums, mapping: mapping)
  }

  func finish(groupCount: Int) -> Column { Column(.floats((0..<groupCount).map { sums.sum($0) })) }

  static let stateName = "float sum"

  func write(to writer: inout StateWriter) {
    sums.write(to: &writer)
  }

  func read(from reader: inout StateReader, groupCount: Int) throws(RunFailure) {
    try sums.read(from: &reader, groupCount: groupCount)
  }
}
