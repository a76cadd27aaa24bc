import Columns

/// Makes a failing trial smaller while it keeps failing: fewer rows, then simpler values.
struct Shrinking {
  /// Which inputs of rows must stay alike; nil where rows have nothing to do with each other and may be left out.
  let sharedExcept: Int?
  let types: [ValueType]

  /// The smallest failing trial that was found from one that fails.
  func smallest(of trial: [[Scalar]], fails: ([[Scalar]]) throws -> Bool) rethrows -> [[Scalar]] {
    var current = trial
    var attempts = 0
    var isSmaller = true
    while isSmaller, attempts < 2_000 {
      isSmaller = false
      for candidate in candidates(current) {
        attempts += 1
        if try fails(candidate) {
          current = candidate
          isSmaller = true
          break
        }
      }
    }
    return current
  }

  private func candidates(_ trial: [[Scalar]]) -> [[[Scalar]]] {
    var made: [[[Scalar]]] = []
    if sharedExcept == nil, trial.count > 1 {
      for row in trial.indices {
        var fewer = trial
        fewer.remove(at: row)
        made.append(fewer)
      }
    }
    for input in types.indices {
      if sharedExcept != nil, input != sharedExcept {
        for value in simpler(trial[0][input], types[input]) {
          made.append(trial.map { row in replacing(row, input, value) })
        }
        continue
      }
      for row in trial.indices {
        for value in simpler(trial[row][input], types[input]) {
          var changed = trial
          changed[row] = replacing(changed[row], input, value)
          made.append(changed)
        }
      }
    }
    return made
  }

  private func replacing(_ row: [Scalar], _ input: Int, _ value: Scalar) -> [Scalar] {
    var row = row
    row[input] = value
    return row
  }

  /// Values that are strictly simpler than one, the simplest first.
  private func simpler(_ value: Scalar, _ type: ValueType) -> [Scalar] {
    var found: [Scalar] = []
    if type.isNullable, value != .missing { found.append(.missing) }
    switch value {
    case .missing: return []
    case .bool(let flag): if flag { found.append(.bool(false)) }
    case .int(let number): found += Self.towardsZero(Int128(number)).map { .int(Int64($0)) }
    case .float(let number):
      for next in [0, number.rounded(.towardZero), (number / 2).rounded(.towardZero)]
      where next.magnitude < number.magnitude { found.append(.float(next == 0 ? 0 : next)) }
    case .decimal(let number):
      // Whole numbers are simpler than those with decimals.
      var whole: [Int128] = []
      for kept in 0..<number.scale {
        let unit = DecimalArithmetic.powerOfTen(number.scale - kept)
        if number.coefficient % unit != 0 { whole.append(number.coefficient / unit * unit) }
      }
      for next in [0] + whole + Self.towardsZero(number.coefficient)
      where next != number.coefficient { found.append(.decimal(ExactDecimal(coefficient: next, scale: number.scale))) }
      if number.coefficient < 0 {
        found.append(.decimal(ExactDecimal(coefficient: -number.coefficient, scale: number.scale)))
      }
    case .string(let text):
      if !text.isEmpty { found += [.string(""), .string(String(text.prefix(text.count / 2)))] }
      if text.count > 1 { found += [.string(String(text.dropLast())), .string(String(text.dropFirst()))] }
    case .date(let date):
      let middle = CalendarDate("2000-01-01")!.days
      found += Self.towardsZero(Int128(date.days - middle)).map { .date(CalendarDate(days: middle + Int32($0))) }
    case .timestamp(let instant):
      found += Self.towardsZero(Int128(instant.microseconds / 1_000_000)).map {
        .timestamp(Instant(microseconds: Int64($0) * 1_000_000))
      }
    case .list(let values):
      if !values.isEmpty { found += [.list([]), .list(Array(values.dropLast())), .list(Array(values.dropFirst()))] }
    }
    return found
  }

  /// Numbers between 0 and one, 0 first, in steps that halve.
  private static func towardsZero(_ number: Int128) -> [Int128] {
    var found: [Int128] = []
    var step = number
    while step != 0 {
      found.append(number - step)
      step /= 2
    }
    return found
  }
}
