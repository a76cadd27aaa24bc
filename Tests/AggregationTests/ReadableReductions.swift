import Columns

/// The value of a reduction over the rows of one group, the slow and obvious way; nil where there is no twin for such values.
func readable(_ name: String, _ rows: [[Scalar]]) -> Scalar? {
  if name == "count", rows.first?.isEmpty ?? true { return .int(Int64(rows.count)) }
  let present = rows.filter { !$0.contains(.missing) || name == "quantile" }.map { $0[0] }.filter { $0 != .missing }
  switch name {
  case "count": return .int(Int64(present.count))
  case "count_distinct": return .int(Int64(Set(present).count))
  case "first": return present.first ?? .missing
  case "last": return present.last ?? .missing
  case "list": return .list(present)
  case "any": return .bool(present.contains(.bool(true)))
  case "all": return .bool(!present.contains(.bool(false)))
  case "min": return present.min(by: ascending) ?? .missing
  case "max": return present.max(by: ascending) ?? .missing
  case "arg_max", "arg_min":
    var best: [Scalar]?
    for row in rows where !row.contains(.missing) {
      if best == nil || (name == "arg_max" ? ascending(best![1], row[1]) : ascending(row[1], best![1])) { best = row }
    }
    return best?[0] ?? .missing
  case "sum": return sum(present)
  case "avg":
    return decimals(present).map { values in
      values.isEmpty ? .missing : quotient(total(values), Int128(values.count), scale: values[0].scale)
    }
  case "median", "quantile":
    return decimals(present).map { values in
      guard !values.isEmpty else { return .missing }
      let sorted = values.sorted()
      let hundredths = Int128(name == "median" ? 50 : 35) * Int128(values.count - 1)
      let place = Int(hundredths / 100)
      let rest = hundredths % 100
      let lower = sorted[place].coefficient
      let upper = rest == 0 ? lower : sorted[place + 1].coefficient
      return quotient(lower * (100 - rest) + upper * rest, 100, scale: values[0].scale)
    }
  default: return nil
  }
}

func ascending(_ left: Scalar, _ right: Scalar) -> Bool {
  switch (left, right) {
  case (.bool(let a), .bool(let b)): !a && b
  case (.int(let a), .int(let b)): a < b
  case (.float(let a), .float(let b)): a < b
  case (.decimal(let a), .decimal(let b)): a < b
  case (.string(let a), .string(let b)): Array(a.utf8).lexicographicallyPrecedes(Array(b.utf8))
  case (.date(let a), .date(let b)): a < b
  case (.timestamp(let a), .timestamp(let b)): a < b
  default: false
  }
}

private func decimals(_ scalars: [Scalar]) -> [ExactDecimal]? {
  var values: [ExactDecimal] = []
  for scalar in scalars {
    switch scalar {
    case .int(let value): values.append(ExactDecimal(value))
    case .decimal(let value): values.append(value)
    default: return nil
    }
  }
  return values.isEmpty ? nil : values
}

private func total(_ values: [ExactDecimal]) -> Int128 { values.reduce(0) { $0 + $1.coefficient } }

private func quotient(_ coefficient: Int128, _ divisor: Int128, scale: Int) -> Scalar {
  .decimal(
    ExactDecimal(
      coefficient: DecimalArithmetic.divide(coefficient, scale: scale, by: divisor, scale: 0, to: 18)!, scale: 18))
}

private func sum(_ present: [Scalar]) -> Scalar? {
  guard let first = present.first else { return nil }
  if case .int = first { return .int(Int64(total(decimals(present)!))) }
  if case .float = first {
    // Every sample is a whole multiple of 2^-60 below 2^66: the sum is exact in 128 bits, rounded once here.
    var exact: Int128 = 0
    for case .float(let value) in present { exact += Int128(value * 0x1p60) }
    return .float(Double(exact) * 0x1p-60)
  }
  return decimals(present).map { .decimal(ExactDecimal(coefficient: total($0), scale: $0[0].scale)) }
}
