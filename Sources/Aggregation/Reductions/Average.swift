import Columns
import Diagnostics

/// `avg(x)`: the exact sum over the count, rounded once to 18 places; a float of floats.
public struct Average: ListedReduction {
  public static let declaration = FunctionDeclaration(
    "avg", "avg(x)", "The mean of x over the rows in which it has a value; nil of nothing.", 1...1)

  public let resultType: ValueType
  private let argument: DataType

  public init(resolving arguments: [ArgumentType]) throws(ReductionProblem) {
    try Self.declaration.checkCount(arguments)
    resultType = try Reductions.exactFraction("avg", of: arguments[0].type)
    argument = arguments[0].type.data
  }

  public func makePartial() -> any ReductionPartial { AveragePartial(argument) }
}

extension Reductions {
  /// Decimals that avg, median, quantile and ratio of exact numbers have.
  static let fractionScale = 18

  /// The type of a fraction of ints or decimals (18 places) or of floats; may be nil.
  static func exactFraction(_ name: String, of type: ValueType) throws(ReductionProblem) -> ValueType {
    switch type.data {
    case .int, .decimal: ValueType(.decimal(scale: fractionScale), unit: type.unit, isNullable: true)
    case .float: ValueType(.float, unit: type.unit, isNullable: true)
    default: throw wrongType(name, takes: "a number", not: type)
    }
  }
}

final class AveragePartial: StatefulPartial {
  private let argument: DataType
  private var counts: [Int64] = []
  private var sums = ExactIntegerSums()
  private var floats = ExactFloatSums()

  init(_ argument: DataType) { self.argument = argument }

  func grow(to groupCount: Int) {
    counts.grow(to: groupCount, with: 0)
    if argument == .float { floats.grow(to: groupCount) } else { sums.grow(to: groupCount) }
  }

  func add(_ arguments: [Column], groups: [UInt32], positions: RowPositions) {
    CountPartial.count(groups, arguments[0].present, into: &counts)
    if case .floats(let values) = arguments[0].values {
      floats.add(values, groups: groups, present: arguments[0].present)
    } else {
      sums.add(arguments[0], groups: groups)
    }
  }

  func merge(_ other: any ReductionPartial, mapping: [UInt32]) {
    guard let other = other as? AveragePartial else { preconditionFailure("partials of two reductions") }
    CountPartial.merge(other.counts, mapping: mapping, into: &counts)
    if argument == .float {
      floats.merge(other.floats, mapping: mapping)
    } else {
      sums.merge(other.sums, mapping: mapping)
    }
  }

  func finish(groupCount: Int) throws(RunFailure) -> Column {
    let counts = counts.prefix(groupCount)
    let present: [Bool]? = counts.contains(0) ? counts.map { $0 > 0 } : nil
    if argument == .float {
      let means = (0..<groupCount).map { counts[$0] > 0 ? floats.sum($0) / Double(counts[$0]) : 0 }
      return Column(.floats(means), present: present)
    }
    let scale = argument.decimalScale ?? 0
    var means: [Int128] = []
    means.reserveCapacity(groupCount)
    for group in 0..<groupCount {
      guard counts[group] > 0 else {
        means.append(0)
        continue
      }
      guard let sum = sums.sum(group),
        let mean = DecimalArithmetic.divide(
          sum, scale: scale, by: Int128(counts[group]), scale: 0, to: Reductions.fractionScale)
      else { throw Reductions.overflow("an avg with its 18 places", "38 digits") }
      means.append(mean)
    }
    return Column(.decimals128(means, scale: Reductions.fractionScale), present: present)
  }

  static let stateName = "average"

  func write(to writer: inout StateWriter) {
    writer.put(counts)
    if argument == .float { floats.write(to: &writer) } else { sums.write(to: &writer) }
  }

  func read(from reader: inout StateReader, groupCount: Int) throws(RunFailure) {
    counts = try reader.array(count: groupCount)
    if argument == .float {
      try floats.read(from: &reader, groupCount: groupCount)
    } else {
      try sums.read(from: &reader, groupCount: groupCount)
    }
  }
}
