import Columns
import Diagnostics

// The square root of a float is libm's where the compiler does not inline it.
#if canImport(Glibc)
  import Glibc
#endif

/// `variance(x)`: of a sample, from exact sums: (n Σx² - (Σx)²) / (n (n - 1)).
public struct Variance: ListedReduction {
  public static let declaration = FunctionDeclaration(
    "variance", "variance(x)", "The sample variance of x, a float; nil of fewer than two values.", 1...1)

  public let resultType: ValueType
  public var isMissingOnlyOfNothing: Bool { false }
  private let argument: DataType

  public init(resolving arguments: [ArgumentType]) throws(ReductionProblem) {
    try Self.declaration.checkCount(arguments)
    let type = arguments[0].type
    guard type.data.isNumeric else { throw Reductions.wrongType("variance", takes: "a number", not: type) }
    resultType = ValueType(.float, unit: type.unit * type.unit, isNullable: true)
    argument = type.data
  }

  public func makePartial() -> any ReductionPartial { SpreadPartial(argument, takesRoot: false) }
}

/// `stddev(x)`: the root of the sample variance.
public struct StandardDeviation: ListedReduction {
  public static let declaration = FunctionDeclaration(
    "stddev", "stddev(x)", "The sample standard deviation of x, a float; nil of fewer than two values.", 1...1)

  public let resultType: ValueType
  public var isMissingOnlyOfNothing: Bool { false }
  private let argument: DataType

  public init(resolving arguments: [ArgumentType]) throws(ReductionProblem) {
    try Self.declaration.checkCount(arguments)
    let type = arguments[0].type
    guard type.data.isNumeric else { throw Reductions.wrongType("stddev", takes: "a number", not: type) }
    resultType = ValueType(.float, unit: type.unit, isNullable: true)
    argument = type.data
  }

  public func makePartial() -> any ReductionPartial { SpreadPartial(argument, takesRoot: true) }
}

final class SpreadPartial: StatefulPartial {
  private let argument: DataType
  private let takesRoot: Bool
  private var counts: [Int64] = []
  private var sums = ExactIntegerSums()
  private var squares = ExactSquareSums()
  private var floatSums = ExactFloatSums()
  private var floatSquares = ExactFloatSums()

  init(_ argument: DataType, takesRoot: Bool) {
    self.argument = argument
    self.takesRoot = takesRoot
  }

  func grow(to groupCount: Int) {
    counts.grow(to: groupCount, with: 0)
    if argument == .float {
      floatSums.grow(to: groupCount)
      floatSquares.grow(to: groupCount)
    } else {
      sums.grow(to: groupCount)
      squares.grow(to: groupCount)
    }
  }

  func add(_ arguments: [Column], groups: [UInt32], positions: RowPositions) {
    let column = arguments[0]
    CountPartial.count(groups, column.present, into: &counts)
    if case .floats(let values) = column.values {
      floatSums.add(values, groups: groups, present: column.present)
      floatSquares.addSquares(values, groups: groups, present: column.present)
      return
    }
    sums.add(column, groups: groups)
    switch column.values {
    case .ints(let values), .decimals64(let values, _): squares.add(values, groups: groups, present: column.present)
    case .decimals128(let values, _): squares.add(values, groups: groups, present: column.present)
    default: preconditionFailure("a spread of what is no number")
    }
  }

  func merge(_ other: any ReductionPartial, mapping: [UInt32]) {
    guard let other = other as? SpreadPartial else { preconditionFailure("partials of two reductions") }
    CountPartial.merge(other.counts, mapping: mapping, into: &counts)
    if argument == .float {
      floatSums.merge(other.floatSums, mapping: mapping)
      floatSquares.merge(other.floatSquares, mapping: mapping)
    } else {
      sums.merge(other.sums, mapping: mapping)
      squares.merge(other.squares, mapping: mapping)
    }
  }

  func finish(groupCount: Int) -> Column {
    var results = [Double](repeating: 0, count: groupCount)
    var present = [Bool](repeating: true, count: groupCount)
    for group in 0..<groupCount {
      guard counts[group] > 1 else {
        present[group] = false
        continue
      }
      let variance = argument == .float ? floatVariance(group) : exactVariance(group)
      results[group] = takesRoot ? variance.squareRoot() : variance
    }
    return Column(.floats(results), present: present.contains(false) ? present : nil)
  }

  private func exactVariance(_ group: Int) -> Double {
    let count = BigInteger(Int128(counts[group]))
    let sum = sums.exact(group)
    let above = count * squares.exact(group) - sum * sum
    let scale = argument.decimalScale ?? 0
    let below = count * BigInteger(Int128(counts[group] - 1)) * BigInteger.powerOfTen(2 * scale)
    return above.ratio(to: below)
  }

  private func floatVariance(_ group: Int) -> Double {
    if floatSums.special(group) != nil { return .nan }
    let count = BigInteger(Int128(counts[group]))
    // Sums come in units of their own powers of two: (Σx)² in those of twice the exponent.
    let (sum, sumExponent) = floatSums.exact(group)
    let (square, squareExponent) = floatSquares.exact(group)
    let exponent = min(2 * sumExponent, squareExponent)
    let above =
      (count * square).shifted(left: squareExponent - exponent)
      - (sum * sum).shifted(left: 2 * sumExponent - exponent)
    return above.ratio(to: count * BigInteger(Int128(counts[group] - 1)), exponent: exponent)
  }

  static let stateName = "spread"

  func write(to writer: inout StateWriter) {
    writer.put(counts)
    if argument == .float {
      floatSums.write(to: &writer)
      floatSquares.write(to: &writer)
    } else {
      sums.write(to: &writer)
      squares.write(to: &writer)
    }
  }

  func read(from reader: inout StateReader, groupCount: Int) throws(RunFailure) {
    counts = try reader.array(count: groupCount)
    if argument == .float {
      try floatSums.read(from: &reader, groupCount: groupCount)
      try floatSquares.read(from: &reader, groupCount: groupCount)
    } else {
      try sums.read(from: &reader, groupCount: groupCount)
      try squares.read(from: &reader, groupCount: groupCount)
    }
  }
}
