import Columns

extension HostFunction {
  /// Rounding, exact quotients and conversions.
  static let numberFunctions: [HostFunction] = [
    HostFunction("round") { values throws(HostFunctionError) in
      let arguments = Arguments(values)
      if arguments[0].isNil { return .nil }
      let (x, scale, mode) = (try arguments.decimal(0), try arguments.scale(1), try arguments.mode(2))
      if case .int = arguments[0] { return arguments[0] }
      return try arguments.decimal(
        DecimalArithmetic.rescale(x.coefficient, from: x.scale, to: scale, mode: mode), scale: scale)
    },
    HostFunction("div") {
      values throws(HostFunctionError) in
      let arguments = Arguments(values)
      let (a, b) = (try arguments.decimal(0), try arguments.divisor(1))
      let (scale, mode) = (try arguments.scale(2), try arguments.mode(3))
      return try arguments.decimal(
        DecimalArithmetic.divide(
          a.coefficient, scale: a.scale, by: b.coefficient, scale: b.scale, to: scale, mode: mode),
        scale: scale)
    },
    HostFunction("mul_div") {
      values throws(HostFunctionError) in
      let arguments = Arguments(values)
      let (a, b, c) = (try arguments.decimal(0), try arguments.decimal(1), try arguments.divisor(2))
      let (scale, mode) = (try arguments.scale(3), try arguments.mode(4))
      return try arguments.decimal(
        DecimalArithmetic.multiplyDivide(
          a.coefficient, scale: a.scale, b.coefficient, scale: b.scale, by: c.coefficient, scale: c.scale, to: scale,
          mode: mode), scale: scale)
    },
    HostFunction("ratio") {
      values throws(HostFunctionError) in
      let arguments = Arguments(values)
      if arguments[0].isNil || arguments[1].isNil { return .nil }
      if let a = arguments[0].asFloat, let b = arguments[1].asFloat, arguments[0].isFloat || arguments[1].isFloat {
        return b == 0 ? .nil : .float(a / b)
      }
      let (a, b) = (try arguments.decimal(0), try arguments.decimal(1))
      if b.coefficient == 0 { return .nil }
      return try arguments.decimal(
        DecimalArithmetic.divide(a.coefficient, scale: a.scale, by: b.coefficient, scale: b.scale, to: 18), scale: 18)
    },
    HostFunction("decimal") {
      values throws(HostFunctionError) in
      let arguments = Arguments(values)
      if case .string(let text) = arguments[0] {
        guard let value = ExactDecimal(text) else { throw HostFunctionError("'\(text)' is not a number") }
        return .decimal(value)
      }
      return arguments[0].isNil ? .nil : .decimal(try arguments.decimal(0))
    },
    HostFunction("float") { values throws(HostFunctionError) in
      let arguments = Arguments(values)
      switch arguments[0] {
      case .nil: return .nil
      case .decimal(let value): return .float(Double(value.description) ?? 0)
      default:
        guard let value = arguments[0].asFloat else { return try arguments.fail(0, "a number") }
        return .float(value)
      }
    },
    HostFunction("unit") {
      values throws(HostFunctionError) in
      let arguments = Arguments(values)
      if arguments[0].isNil { return .nil }
      _ = try arguments.text(1)
      switch arguments[0] {
      case .int, .float, .decimal: return arguments[0]
      default: return try arguments.fail(0, "a number")
      }
    },
    HostFunction("from_hex") { values throws(HostFunctionError) in
      let arguments = Arguments(values)
      if arguments[0].isNil { return .nil }
      let (text, scale) = (try arguments.text(0), try arguments.scale(1))
      do throws(HexadecimalText.Problem) {
        return .decimal(ExactDecimal(coefficient: try HexadecimalText.parse(Array(text.utf8)), scale: scale))
      } catch {
        throw HostFunctionError(error.message)
      }
    },
    HostFunction("eq") { values in
      let arguments = Arguments(values)
      return .bool(arguments[0].isEqualByValue(to: arguments[1]))
    },
    HostFunction("is_nil") { values in .bool(Arguments(values)[0].isNil) },
    HostFunction("one_of") { values in
      guard let first = values.first else { return .bool(false) }
      return .bool(values.dropFirst().contains { first.isEqualByValue(to: $0) })
    },
  ]
}

extension Arguments {
  func decimal(_ index: Int) throws(HostFunctionError) -> ExactDecimal {
    if let value = self[index].asDecimal { return value }
    if case .float = self[index] {
      throw HostFunctionError("argument \(index + 1) is a computed float of more than 15 digits")
    }
    return try fail(index, "a number")
  }

  func divisor(_ index: Int) throws(HostFunctionError) -> ExactDecimal {
    let value = try decimal(index)
    if value.coefficient == 0 { throw HostFunctionError("division by zero") }
    return value
  }

  func scale(_ index: Int) throws(HostFunctionError) -> Int {
    let scale = try int(index, default: 0)
    guard (0...38).contains(scale) else { throw HostFunctionError("a scale is 0 to 38, not \(scale)") }
    return scale
  }

  func mode(_ index: Int) throws(HostFunctionError) -> RoundingMode {
    if self[index].isNil { return .halfEven }
    let name = try text(index)
    guard let mode = RoundingMode(rawValue: name) else {
      let names = RoundingMode.allCases.map(\.rawValue).joined(separator: ", ")
      throw HostFunctionError("no rounding mode '\(name)': there are \(names)")
    }
    return mode
  }

  func decimal(_ coefficient: Int128?, scale: Int) throws(HostFunctionError) -> LuaValue {
    guard let coefficient else { throw HostFunctionError("the result needs more than 38 digits") }
    return .decimal(ExactDecimal(coefficient: coefficient, scale: scale))
  }
}
