/// One value of any type: constants, parameters, single results. Never in hot loops.
public enum Scalar: Hashable, Sendable {
  case missing
  case bool(Bool)
  case int(Int64)
  case float(Double)
  case decimal(ExactDecimal)
  case string(String)
  case date(CalendarDate)
  case timestamp(Instant)
  case list([Scalar])

  /// As reports and messages show it; `nil` for a missing value.
  public var text: String {
    switch self {
    case .missing: "nil"
    case .bool(let value): value ? "true" : "false"
    case .int(let value): String(value)
    case .float(let value): FloatText.string(value)
    case .decimal(let value): value.normalized.description
    case .string(let value): value
    case .date(let value): value.description
    case .timestamp(let value): value.description
    case .list(let values): "[" + values.map(\.text).joined(separator: ", ") + "]"
    }
  }
}

/// Floats as characters: the shortest digits that read back to the same value, without `.0` lost or exponents where
/// 15 digits do.
public enum FloatText {
  public static func string(_ value: Double) -> String { value.description }
}

extension Column {
  /// The value of one row. For messages, tests and small tables.
  public func scalar(_ row: Int) -> Scalar {
    guard isPresent(row) else { return .missing }
    switch values {
    case .bools(let values): return .bool(values[row])
    case .ints(let values): return .int(values[row])
    case .floats(let values): return .float(values[row])
    case .decimals64(let values, let scale):
      return .decimal(ExactDecimal(coefficient: Int128(values[row]), scale: scale))
    case .decimals128(let values, let scale): return .decimal(ExactDecimal(coefficient: values[row], scale: scale))
    case .texts(let values): return .string(values.string(row))
    case .dates(let values): return .date(CalendarDate(days: values[row]))
    case .timestamps(let values): return .timestamp(Instant(microseconds: values[row]))
    case .lists(let values): return .list(values.range(of: row).map { values.element.scalar($0) })
    }
  }

  /// A column of a type from single values; each must be of the type or missing. Decimals are rescaled exactly
  /// (`precondition`).
  public init(_ scalars: [Scalar], of type: DataType) {
    let present = scalars.contains(.missing) ? scalars.map { $0 != .missing } : nil
    func each<Value>(_ absent: Value, _ read: (Scalar) -> Value?) -> [Value] {
      scalars.map { scalar in
        if scalar == .missing { return absent }
        guard let value = read(scalar) else { preconditionFailure("\(scalar) is no \(type)") }
        return value
      }
    }
    let values: Values
    switch type {
    case .bool: values = .bools(each(false) { if case .bool(let value) = $0 { value } else { nil } })
    case .int: values = .ints(each(0) { if case .int(let value) = $0 { value } else { nil } })
    case .float: values = .floats(each(0) { if case .float(let value) = $0 { value } else { nil } })
    case .decimal(let precision, let scale):
      let coefficients: [Int128] = each(0) {
        switch $0 {
        case .decimal(let value): value.rescaledExactly(to: scale)?.coefficient
        case .int(let value): ExactDecimal(value).rescaledExactly(to: scale)?.coefficient
        default: nil
        }
      }
      values =
        precision <= DataType.narrowPrecision
        ? .decimals64(coefficients.map { Int64($0) }, scale: scale) : .decimals128(coefficients, scale: scale)
    case .string: values = .texts(TextValues(each("") { if case .string(let value) = $0 { value } else { nil } }))
    case .date: values = .dates(each(0) { if case .date(let value) = $0 { value.days } else { nil } })
    case .timestamp:
      values = .timestamps(each(0) { if case .timestamp(let value) = $0 { value.microseconds } else { nil } })
    case .list(let element):
      var ends: [Int] = []
      var elements: [Scalar] = []
      let lists: [[Scalar]] = each([]) { if case .list(let value) = $0 { value } else { nil } }
      for list in lists {
        elements += list
        ends.append(elements.count)
      }
      values = .lists(ListValues(ends: ends, elements: Column(elements, of: element)))
    }
    self.init(values, present: present)
  }
}
