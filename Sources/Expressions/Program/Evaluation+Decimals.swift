import Columns
import Memory

extension DataType {
  /// Digits before the point that a number can have.
  var integerDigits: Int {
    switch self {
    case .int: 19
    case .decimal(let precision, let scale): precision - scale
    default: 0
    }
  }
}

extension Evaluation {
  static let tooWide = "the result has more than 38 digits"

  /// `+` and `-` want operands of the result's scale; `*` and `/` any.
  func decimals(
    _ operation: Arithmetic, _ left: Evaluated, _ right: Evaluated, _ types: [DataType], _ precision: Int,
    _ scale: Int
  ) -> Evaluated {
    if operation == .divide { return quotients(left, right, types, scale) }
    if precision <= DataType.narrowPrecision, let a = left.narrow, let b = right.narrow {
      let values =
        switch operation {
        case .add: zip(a, b) { $0 &+ $1 }
        case .subtract: zip(a, b) { $0 &- $1 }
        default: zip(a, b) { $0 &* $1 }
        }
      return result(.decimals64(values, scale: scale), from: [left, right])
    }
    let digits =
      operation == .multiply
      ? types[0].integerDigits + types[1].integerDigits + scale
      : max(types[0].integerDigits, types[1].integerDigits) + 1 + scale
    guard digits > DataType.maximumPrecision else {
      let values = unchecked(operation, left, right)
      let stored: Column.Values =
        precision <= DataType.narrowPrecision
        ? .decimals64(elementwise(values) { Int64(truncatingIfNeeded: $0) }, scale: scale)
        : .decimals128(values, scale: scale)
      return result(stored, from: [left, right])
    }
    let (a, b) = (left.wide, right.wide)
    let values: [Int128?] =
      switch operation {
      case .add: zip(a, b) { DecimalArithmetic.add($0, $1) }
      case .subtract: zip(a, b) { DecimalArithmetic.subtract($0, $1) }
      default: zip(a, b) { DecimalArithmetic.multiply($0, $1) }
      }
    return decimalsOrFailure(values, precision: precision, scale: scale, from: [left, right])
  }

  /// In 128 bits, where the types say that nothing can overflow.
  private func unchecked(_ operation: Arithmetic, _ left: Evaluated, _ right: Evaluated) -> [Int128] {
    if let a = left.narrow, let b = right.narrow {
      switch operation {
      case .add: return zip(a, b) { Int128($0) &+ Int128($1) }
      case .subtract: return zip(a, b) { Int128($0) &- Int128($1) }
      default: return zip(a, b) { Int128($0) &* Int128($1) }
      }
    }
    let (a, b) = (left.wide, right.wide)
    switch operation {
    case .add: return zip(a, b) { $0 &+ $1 }
    case .subtract: return zip(a, b) { $0 &- $1 }
    default: return zip(a, b) { $0 &* $1 }
    }
  }

  /// Coefficients in the storage of their precision; a row without one has overflowed.
  func decimalsOrFailure(
    _ values: [Int128?], precision: Int, scale: Int, present: [Bool]? = nil, from inputs: [Evaluated],
    failing earlier: [Int32]? = nil
  ) -> Evaluated {
    let isNarrow = precision <= DataType.narrowPrecision
    let limit = DecimalArithmetic.powerOfTen(precision)
    var failed = false
    for value in values where value.map({ $0 >= limit || $0 <= -limit }) ?? true { failed = true }
    let kept: [Int128] = values.map { $0.map { $0 < limit && $0 > -limit ? $0 : 0 } ?? 0 }
    var failing = earlier
    if failed {
      let own = marks(
        values.map { $0.map { $0 >= limit || $0 <= -limit } ?? true }, .overflow,
        precision < 38 ? "the result does not fit decimal(\(precision),\(scale))" : Self.tooWide)
      if let earlier, let own {
        failing = earlier.indices.map { earlier[$0] != 0 ? earlier[$0] : own[$0] }
      } else {
        failing = earlier ?? own
      }
    }
    let storage: Column.Values =
      isNarrow ? .decimals64(kept.map { Int64($0) }, scale: scale) : .decimals128(kept, scale: scale)
    return result(storage, present: present, from: inputs, failing: failing)
  }

  private func quotients(_ left: Evaluated, _ right: Evaluated, _ types: [DataType], _ scale: Int) -> Evaluated {
    let (a, b) = (left.wide, right.wide)
    let zeros = marks(zip(a, b) { $1 == 0 }, .divisionByZero, "division by zero")
    let (aScale, bScale) = (types[0].decimalScale ?? 0, types[1].decimalScale ?? 0)
    let values = zip(a, b) {
      $1 == 0 ? 0 : DecimalQuotient.rounded($0, scale: aScale, by: $1, scale: bScale, to: scale, .halfEven)
    }
    return decimalsOrFailure(values, precision: 38, scale: scale, from: [left, right], failing: zeros)
  }

  /// The same numbers in another type: exactly where `mode` is nil, else rounded.
  func conversion(_ input: Evaluated, from: DataType, to type: DataType, mode: RoundingMode?) -> Evaluated {
    switch (from, type) {
    case (.int, .float): return result(.floats(input.ints.map { Double($0) }), present: input.present, from: [input])
    case (.decimal(_, let scale), .float):
      return result(
        .floats(input.wide.map { Double(ExactDecimal(coefficient: $0, scale: scale).description) ?? 0 }),
        present: input.present, from: [input])
    case (.date, .timestamp):
      return result(
        .timestamps(input.dates.map { Int64($0) * Instant.microsecondsPerDay }), present: input.present, from: [input])
    case (.timestamp, .date):
      return result(
        .dates(input.ints.map { Instant(microseconds: $0).date.days }), present: input.present, from: [input])
    case (.float, .decimal(let precision, let scale)): return decimalsOfFloats(input, precision, scale)
    case (_, .decimal(let precision, let scale)):
      return rescaled(input, from: from, precision, scale, mode)
    case (.decimal(_, let scale), .int): return intsOfDecimals(input, scale: scale, mode: mode)
    default: return input
    }
  }

  private func rescaled(
    _ input: Evaluated, from: DataType, _ precision: Int, _ scale: Int, _ mode: RoundingMode?
  ) -> Evaluated {
    let oldScale = from.decimalScale ?? 0
    if scale >= oldScale, scale - oldScale <= 18, let values = input.narrow,
      from.integerDigits + scale <= DataType.narrowPrecision
    {
      let factor = Int64(DecimalArithmetic.powerOfTen(scale - oldScale))
      let narrow = scale == oldScale ? values.values : values.map { $0 &* factor }
      return result(
        precision <= DataType.narrowPrecision
          ? .decimals64(narrow, scale: scale) : .decimals128(narrow.map { Int128($0) }, scale: scale),
        present: input.present, from: [input])
    }
    if scale >= oldScale, from.integerDigits + scale <= precision {
      let factor = DecimalArithmetic.powerOfTen(scale - oldScale)
      let values = input.wide.map { $0 &* factor }
      return result(
        precision <= DataType.narrowPrecision
          ? .decimals64(elementwise(values) { Int64(truncatingIfNeeded: $0) }, scale: scale)
          : .decimals128(values, scale: scale),
        present: input.present, from: [input])
    }
    let values: [Int128?] =
      if let mode {
        input.wide.map { DecimalQuotient.rescaled($0, from: oldScale, to: scale, mode) }
      } else {
        input.wide.map { DecimalArithmetic.rescaleExactly($0, from: oldScale, to: scale) }
      }
    return decimalsOrFailure(values, precision: precision, scale: scale, present: input.present, from: [input])
  }

  private func intsOfDecimals(_ input: Evaluated, scale: Int, mode: RoundingMode?) -> Evaluated {
    let values = input.wide.map { coefficient -> Int64? in
      DecimalQuotient.rescaled(coefficient, from: scale, to: 0, mode ?? .down).flatMap { Int64(exactly: $0) }
    }
    let failing = marks(values.map { $0 == nil }, .overflow, "the result does not fit 64 bits")
    return result(.ints(values.map { $0 ?? 0 }), present: input.present, from: [input], failing: failing)
  }

  /// A float that met a decimal at run time: the decimal that its shortest digits write, of 15 digits at most.
  private func decimalsOfFloats(_ input: Evaluated, _ precision: Int, _ scale: Int) -> Evaluated {
    let values = input.floats.map { value -> Int128? in
      guard let decimal = ExactDecimal(FloatText.string(value)), decimal.normalized.precision <= 15 else { return nil }
      return decimal.normalized.rescaledExactly(to: scale)?.coefficient
    }
    let failing = marks(values.map { $0 == nil }, .computedFloat, "a float of more than 15 digits meets a decimal")
    return decimalsOrFailure(
      values.map { $0 ?? 0 }, precision: precision, scale: scale, present: input.present, from: [input],
      failing: failing)
  }
}

/// Rounded quotients with a short way for those that fit 128 bits, which nearly all do.
enum DecimalQuotient {
  /// left / right, rounded once. nil past 38 digits.
  static func rounded(
    _ left: Int128, scale leftScale: Int, by right: Int128, scale rightScale: Int, to scale: Int, _ mode: RoundingMode
  ) -> Int128? {
    let shift = scale + rightScale - leftScale
    if mode == .halfEven, shift >= 0, shift <= 38 {
      let (numerator, overflow) = left.multipliedReportingOverflow(by: DecimalArithmetic.powerOfTen(shift))
      if !overflow, numerator != .min { return halfEven(numerator, by: right) }
    }
    return DecimalArithmetic.divide(left, scale: leftScale, by: right, scale: rightScale, to: scale, mode: mode)
  }

  private static func halfEven(_ numerator: Int128, by divisor: Int128) -> Int128? {
    let (quotient, rest) = numerator.quotientAndRemainder(dividingBy: divisor)
    if rest == 0 { return DecimalArithmetic.fits(quotient) ? quotient : nil }
    let (left, right) = (rest.magnitude, divisor.magnitude - rest.magnitude)
    let raises = left > right || (left == right && quotient & 1 != 0)
    let rounded = raises ? ((numerator < 0) != (divisor < 0) ? quotient - 1 : quotient + 1) : quotient
    return DecimalArithmetic.fits(rounded) ? rounded : nil
  }

  /// The same number at another scale, in 64 bits where they suffice.
  static func rescaled(_ coefficient: Int128, from scale: Int, to newScale: Int, _ mode: RoundingMode) -> Int128? {
    let cut = scale - newScale
    if mode == .halfEven, cut > 0, cut <= 18, let short = Int64(exactly: coefficient) {
      let divisor = Int64(DecimalArithmetic.powerOfTen(cut))
      let (quotient, rest) = short.quotientAndRemainder(dividingBy: divisor)
      let doubled = rest.magnitude * 2
      let raises = doubled > UInt64(divisor) || (doubled == UInt64(divisor) && quotient & 1 != 0)
      return Int128(raises ? (short < 0 ? quotient - 1 : quotient + 1) : quotient)
    }
    return DecimalArithmetic.rescale(coefficient, from: scale, to: newScale, mode: mode)
  }
}
