import Columns
import Diagnostics

/// `growth(x)`: `ratio(x, lag(x)) - 1`; nil where there is no row before, either is nil, or the one before is 0.
public struct Growth: WindowFunction {
  public static let declaration = FunctionDeclaration(
    "growth", "growth(x)", "By what share x grew since the row before: ratio(x, lag(x)) - 1.", 1...1)
  public let resultType: ValueType

  public init(resolving arguments: [ArgumentType]) throws(ReductionProblem) {
    try Self.declaration.checkCount(arguments)
    resultType = try WindowRatios.type("growth", arguments[0].type)
  }

  public func evaluate(_ partitions: Partitions, arguments: [Column]) throws(RunFailure) -> Column {
    let before = Shifting.shifted(partitions, [arguments[0]], by: -1)
    return try WindowRatios.ratios(arguments[0], before, less: 1)
  }
}

/// `share(x)`: x over the sum of x in the partition; nil where x is nil or the sum is 0.
public struct Share: WindowFunction {
  public static let declaration = FunctionDeclaration(
    "share", "share(x)", "x as a share of the sum of x: ratio(x, sum of x).", 1...1)
  public let resultType: ValueType

  public init(resolving arguments: [ArgumentType]) throws(ReductionProblem) {
    try Self.declaration.checkCount(arguments)
    resultType = try WindowRatios.type("share", arguments[0].type)
  }

  public func evaluate(_ partitions: Partitions, arguments: [Column]) throws(RunFailure) -> Column {
    let type: DataType
    switch arguments[0].values {
    case .ints: type = .decimal(scale: 0)  // so that only the share has to fit
    case .decimals64(_, let scale), .decimals128(_, let scale): type = .decimal(scale: scale)
    default: type = .float
    }
    let running = try WindowTotals.sums(partitions, arguments[0], width: .max, type: type).column
    let totals = LastValue.spread(partitions, running)
    return try WindowRatios.ratios(arguments[0], totals, less: 0)
  }
}

enum WindowRatios {
  static func type(_ name: String, _ type: ValueType) throws(ReductionProblem) -> ValueType {
    var result = try Reductions.exactFraction(name, of: type)
    result.unit = .none
    return result
  }

  /// above / below - less, row by row, to 18 places; nil where either is nil or `below` is 0.
  static func ratios(_ above: Column, _ below: Column, less: Int64) throws(RunFailure) -> Column {
    var present = (0..<above.count).map { above.isPresent($0) && below.isPresent($0) }
    if case .floats(let upper) = above.values, case .floats(let lower) = below.values {
      for row in present.indices where lower[row] == 0 { present[row] = false }
      let ratios = present.indices.map { present[$0] ? upper[$0] / lower[$0] - Double(less) : 0 }
      return Column(.floats(ratios), present: present)
    }
    let upper = WindowTotals.coefficients(above)
    let lower = WindowTotals.coefficients(below)
    let one = DecimalArithmetic.powerOfTen(Reductions.fractionScale)
    var ratios = [Int128](repeating: 0, count: upper.count)
    for row in present.indices where present[row] {
      // The scales of both are equal and cancel.
      if lower[row] == 0 {
        present[row] = false
        continue
      }
      guard
        let ratio = DecimalArithmetic.divide(
          upper[row], scale: 0, by: lower[row], scale: 0, to: Reductions.fractionScale),
        let result = DecimalArithmetic.subtract(ratio, Int128(less) * one)
      else { throw Reductions.overflow("a ratio with its 18 places", "38 digits") }
      ratios[row] = result
    }
    return Column(.decimals128(ratios, scale: Reductions.fractionScale), present: present)
  }
}
