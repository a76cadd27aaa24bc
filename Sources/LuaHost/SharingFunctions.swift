import Columns

extension HostFunction {
  /// Totals in parts.
  static let sharingFunctions: [HostFunction] = [
    HostFunction("allocate") { values throws(HostFunctionError) in
      let arguments = Arguments(values)
      if arguments[0].isNil { return .nil }
      let scale = arguments[2].isNil ? 2 : try arguments.scale(2)
      let total = try arguments.decimal(0)
      guard let units = total.rescaledExactly(to: scale)?.coefficient else {
        throw HostFunctionError("\(total) cannot be allocated in parts of \(scale) decimals: round it first")
      }
      guard case .table(let entries) = arguments[1] else { return try arguments.fail(1, "a table of weights") }
      let (weights, sum) = try weights(entries.map(\.value))
      guard units == 0 || sum > 0 else {
        throw HostFunctionError(
          "\(total) cannot be allocated: \(entries.isEmpty ? "there are no weights" : "all weights are 0")")
      }
      let shares = LargestRemainder.shares(of: units, by: weights, sum: sum)
      return .table(
        zip(entries, shares).map { ($0.key, .decimal(ExactDecimal(coefficient: $1, scale: scale))) })
    }
  ]

  /// Weights at one scale, and their sum.
  private static func weights(_ values: [LuaValue]) throws(HostFunctionError) -> ([Int128], sum: Int128) {
    var decimals: [ExactDecimal] = []
    for value in values {
      guard let weight = value.asDecimal else {
        throw HostFunctionError("a weight is a number, not a \(value.typeName)")
      }
      if weight.coefficient < 0 { throw HostFunctionError("a weight is not below 0: \(weight)") }
      decimals.append(weight)
    }
    let scale = decimals.map(\.scale).max() ?? 0
    var sum: Int128 = 0
    var weights: [Int128] = []
    for decimal in decimals {
      guard let weight = decimal.rescaledExactly(to: scale)?.coefficient, let next = DecimalArithmetic.add(sum, weight)
      else { throw HostFunctionError("the sum of the weights needs more than 38 digits") }
      weights.append(weight)
      sum = next
    }
    return (weights, sum)
  }
}
