import Columns

extension Lowering {
  /// `graduated` and `volume`: tiers as a table of tables, each with a `rate` and, but for the last, `up_to`.
  mutating func tiers(_ site: CallSite, isGraduated: Bool) -> Value? {
    guard var x = number(site.arguments[0], for: site.name).flatMap({ asDecimal($0) }), let type = x.type,
      let tiers = readTiers(site.written[1], unit: type.unit)
    else { return nil }
    x.numbersAmong = nil
    var total: Value?
    for index in tiers.indices.reversed() {
      let tier = tiers[index]
      if !isGraduated {
        guard let fee = arithmetic(.multiply, x, tier.rate, site.range) else { return nil }
        guard let rest = total, let upTo = tier.upTo else {
          total = fee
          continue
        }
        guard let isWithin = order(.isLessOrEqual, x, upTo, site.range),
          let chosen = choose(isWithin, fee, rest, site.range)
        else { return nil }
        total = chosen
      } else {
        guard let part = part(of: x, from: index > 0 ? tiers[index - 1].upTo : nil, to: tier.upTo, site.range),
          let fee = arithmetic(.multiply, part, tier.rate, site.range)
        else { return nil }
        if let sum = total {
          guard let more = arithmetic(.add, fee, sum, site.range) else { return nil }
          total = more
        } else {
          total = fee
        }
      }
    }
    return total
  }

  private struct Tier {
    var upTo: Value?
    var rate: Value
  }

  /// What of `x` lies above `from` and up to `to`.
  private mutating func part(of x: Value, from: Value?, to: Value?, _ range: Range<Int>) -> Value? {
    var upper = x
    if let to {
      guard let isAbove = order(.isLess, to, x, range), let least = choose(isAbove, to, x, range) else { return nil }
      upper = least
    }
    guard let from else { return upper }
    guard let width = arithmetic(.subtract, upper, from, range), let isPast = order(.isLess, from, x, range),
      let none = lower(LuaExpression(.integer(0), range))
    else { return nil }
    return choose(isPast, width, asDecimal(none) ?? none, range)
  }

  /// Whether each tier ends above the one before, where their ends are known.
  private func ascend(_ tiers: [Tier]) -> Bool {
    let ends = tiers.compactMap { $0.upTo?.literal }
    return zip(ends, ends.dropFirst()).allSatisfy { $0 < $1 }
  }

  private mutating func readTiers(_ expression: LuaExpression, unit: Unit) -> [Tier]? {
    var tiers: [Tier] = []
    var rows: [(upTo: Value?, rate: Value?)] = []
    if case .table(let entries) = expression.kind {
      for entry in entries {
        guard case .table(let fields) = entry.value.kind else { continue }
        var row: (upTo: Value?, rate: Value?) = (nil, nil)
        for field in fields {
          guard case .name(let name) = field.key else { continue }
          if name == "up_to" { row.upTo = lower(field.value) }
          if name == "rate" { row.rate = lower(field.value) }
        }
        rows.append(row)
      }
    } else if case .table(let table) = resolve(expression) {
      for item in table.items {
        guard case .table(let row) = item else { continue }
        func read(_ name: String) -> Value? { if case .value(let value) = row.fields[name] { value } else { nil } }
        rows.append((read("up_to"), read("rate")))
      }
    }
    for (index, row) in rows.enumerated() {
      guard let rate = row.rate, row.upTo != nil || index == rows.count - 1 else {
        tiers = []
        break
      }
      var upTo = row.upTo
      if upTo?.type?.unit == Unit.none { upTo?.type?.unit = unit }
      guard let exactRate = asDecimal(rate) else { return nil }
      if let end = upTo {
        guard let exactEnd = asDecimal(end) else { return nil }
        upTo = exactEnd
      }
      tiers.append(Tier(upTo: upTo, rate: exactRate))
    }
    if tiers.last?.upTo != nil || !ascend(tiers) { tiers = [] }
    if tiers.isEmpty {
      report(
        .wrongValue, "tiers are tables with an up_to that ascends and a rate, the last without up_to", expression.range,
        help: "{ { up_to = 10000, rate = 0.20 }, { rate = 0.10 } }")
      return nil
    }
    return tiers
  }
}
