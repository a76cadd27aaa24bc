import Columns

extension HostFunction {
  /// Prices that depend on the amount.
  static let tierFunctions: [HostFunction] = [
    HostFunction("graduated") {
      values throws(HostFunctionError) in
      let arguments = Arguments(values)
      if arguments[0].isNil { return .nil }
      let amount = try arguments.decimal(0)
      var sum = ExactDecimal(0)
      // The first tier takes all that lies below its end, amounts below 0 as well.
      var from: ExactDecimal?
      for tier in try Tier.read(arguments[1]) {
        let upper = tier.upTo.map { min($0, amount) } ?? amount
        let slice = if let from { try upper.plus(from.negated) } else { upper }
        sum = try sum.plus(try slice.times(tier.rate))
        guard let end = tier.upTo, end < amount else { break }
        from = end
      }
      return .decimal(sum)
    },
    HostFunction("volume") {
      values throws(HostFunctionError) in
      let arguments = Arguments(values)
      if arguments[0].isNil { return .nil }
      let amount = try arguments.decimal(0)
      for tier in try Tier.read(arguments[1]) where tier.upTo.map({ amount <= $0 }) ?? true {
        return .decimal(try amount.times(tier.rate))
      }
      throw HostFunctionError("no tier holds \(amount): leave up_to out of the last")
    },
  ]
}

/// One of `{ { up_to = 10000, rate = 0.15 }, { rate = 0.08 } }`: up to and with `upTo`, all above where it is nil.
struct Tier {
  var upTo: ExactDecimal?
  var rate: ExactDecimal

  static func read(_ value: LuaValue) throws(HostFunctionError) -> [Tier] {
    guard let entries = value.asArray, !entries.isEmpty else {
      throw HostFunctionError("tiers are a list: { { up_to = 10000, rate = 0.15 }, { rate = 0.08 } }")
    }
    var tiers: [Tier] = []
    for entry in entries {
      guard let rate = entry["rate"].asDecimal else { throw HostFunctionError("each tier has a rate") }
      let upTo = entry["up_to"]
      guard upTo.isNil || upTo.asDecimal != nil else { throw HostFunctionError("up_to is a number") }
      if let last = tiers.last {
        guard let before = last.upTo else { throw HostFunctionError("only the last tier leaves up_to out") }
        if let end = upTo.asDecimal, end <= before {
          throw HostFunctionError("tiers ascend: up_to \(end) follows \(before)")
        }
      }
      tiers.append(Tier(upTo: upTo.asDecimal, rate: rate))
    }
    return tiers
  }
}

extension LuaValue {
  /// What is wrong with a value as tiers; nil where it is in order.
  public var tiersProblem: String? {
    do throws(HostFunctionError) {
      _ = try Tier.read(self)
      return nil
    } catch {
      return error.message
    }
  }
}

extension ExactDecimal {
  var negated: ExactDecimal { ExactDecimal(coefficient: -coefficient, scale: scale) }

  func plus(_ other: ExactDecimal) throws(HostFunctionError) -> ExactDecimal {
    let scale = max(scale, other.scale)
    guard let left = rescaledExactly(to: scale), let right = other.rescaledExactly(to: scale),
      let sum = DecimalArithmetic.add(left.coefficient, right.coefficient)
    else { throw HostFunctionError("the exact result needs more than 38 digits") }
    return ExactDecimal(coefficient: sum, scale: scale)
  }

  func times(_ other: ExactDecimal) throws(HostFunctionError) -> ExactDecimal {
    guard scale + other.scale <= 38, let product = DecimalArithmetic.multiply(coefficient, other.coefficient) else {
      throw HostFunctionError("the exact result needs more than 38 digits")
    }
    return ExactDecimal(coefficient: product, scale: scale + other.scale)
  }
}
