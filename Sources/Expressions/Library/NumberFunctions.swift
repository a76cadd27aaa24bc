import Columns

extension FunctionLibrary {
  static let numberFunctions: [LibraryFunction] = [
    LibraryFunction("round", counts: 1...3) {
      lowering, site in
      var scale = 0
      if site.arguments.count > 1 {
        guard let wanted = lowering.wholeConstant(site, 1, in: 0...38, what: "the scale") else { return nil }
        scale = wanted
      }
      guard let mode = lowering.roundingMode(site, 2) else { return nil }
      return lowering.rounded(site.arguments[0], scale, mode, site.range)
    },
    LibraryFunction("div", counts: 3...4) {
      lowering, site in
      let one = lowering.lower(LuaExpression(.integer(1), site.range))
      guard let one else { return nil }
      return lowering.multiplyDivide([site.arguments[0], one, site.arguments[1]], site, scaleAt: 2)
    },
    LibraryFunction("mul_div", counts: 4...5) {
      lowering, site in lowering.multiplyDivide(Array(site.arguments[0...2]), site, scaleAt: 3)
    },
    LibraryFunction("ratio", counts: 2...2) { lowering, site in
      lowering.ratio(site)
    },
    LibraryFunction("decimal", counts: 1...1) { lowering, site in
      lowering.decimal(site)
    },
    LibraryFunction("float", counts: 1...1) { lowering, site in
      lowering.number(site.arguments[0], for: "float").map { lowering.asFloat($0) }
    },
    LibraryFunction("unit", counts: 2...2) { lowering, site in
      lowering.relabelled(site)
    },
    LibraryFunction("math.min", counts: 1...Int.max) { lowering, site in
      lowering.extreme(site, wantsGreater: false)
    },
    LibraryFunction("math.max", counts: 1...Int.max) { lowering, site in
      lowering.extreme(site, wantsGreater: true)
    },
    LibraryFunction("math.abs", counts: 1...1) { lowering, site in
      guard let x = lowering.number(site.arguments[0], for: "math.abs"), let type = x.type else { return nil }
      if type.data == .float {
        var result = lowering.make(.library(.absoluteFloat), [x.node], type.nullable(false), site.range)
        guard lowering.settles(x, for: "math.abs", { $0 != .int(.min) }) else { return nil }
        result.numbersAmong = x.numbersAmong.map { NumbersAmong(constants: $0.constants?.map(LuaNumber.absolute)) }
        return result
      }
      var zero = lowering.constant(.int(0), ValueType(.int, unit: type.unit), site.range)
      zero.literal = ExactDecimal(0)
      guard let isNegative = lowering.order(.isLess, x, zero, site.range) else { return nil }
      let negate: Operation = lowering.isScript && type.data == .int ? .wrappingNegate : .negate
      let negated = lowering.make(negate, [x.node], type.nullable(false), site.range)
      guard lowering.settles(x, for: "math.abs", { $0 != .int(.min) }) else { return nil }
      var result = lowering.choose(isNegative, negated, x, site.range)
      result?.numbersAmong = x.numbersAmong.map { NumbersAmong(constants: $0.constants?.map(LuaNumber.absolute)) }
      return result
    },
    LibraryFunction("math.floor", counts: 1...1) { lowering, site in
      lowering.whole(site, .floor)
    },
    LibraryFunction("math.ceil", counts: 1...1) { lowering, site in
      lowering.whole(site, .ceiling)
    },
    LibraryFunction(
      "graduated", counts: 2...2
    ) { lowering, site in lowering.tiers(site, isGraduated: true) },
    LibraryFunction(
      "volume", counts: 2...2
    ) { lowering, site in lowering.tiers(site, isGraduated: false) },
  ]
}

extension Lowering {
  func isKnownPresent(_ value: Value) -> Bool { !value.isNullable || narrowed.contains(value.node) }

  mutating func rounded(_ argument: Value, _ scale: Int, _ mode: RoundingMode, _ range: Range<Int>) -> Value? {
    guard let x = number(argument, for: "round"), let type = x.type else { return nil }
    if type.data == .int { return x }
    guard let decimal = asDecimal(x), case .decimal(let precision, let old) = decimal.type?.data else { return nil }
    let digits = min(38, precision - old + scale + (scale < old ? 1 : 0))
    var result = make(
      .round(mode), [decimal.node],
      ValueType(.decimal(precision: max(digits, scale, 1), scale: scale), unit: type.unit), range)
    result.numbersAmong = x.numbersAmong.flatMap { among -> NumbersAmong? in
      // Lua leaves ints as they are and makes a decimal of a float.
      let ints = among.constants?.filter { !LuaNumber.isFloat($0) }
      return ints?.isEmpty == true ? nil : NumbersAmong(constants: ints)
    }
    return result
  }

  mutating func multiplyDivide(_ operands: [Value], _ site: CallSite, scaleAt index: Int) -> Value? {
    guard let scale = wholeConstant(site, index, in: 0...38, what: "the scale"),
      let mode = roundingMode(site, index + 1)
    else { return nil }
    var nodes: [Int] = []
    var units: [Unit] = []
    for operand in operands {
      guard let x = number(operand, for: site.name), let decimal = asDecimal(x) else { continue }
      nodes.append(decimal.node)
      units.append(decimal.type?.unit ?? .none)
    }
    guard nodes.count == 3 else { return nil }
    return make(
      .library(.multiplyDivide(mode)), nodes,
      ValueType(.decimal(scale: scale), unit: units[0] * units[1] / units[2]), site.range)
  }

  mutating func ratio(_ site: CallSite) -> Value? {
    var operands: [Value] = []
    for argument in site.arguments {
      guard let type = argument.type, !argument.isFalseWhenMissing else {
        _ = present(argument)
        continue
      }
      guard type.data.isNumeric else {
        report(.typeMismatch, "ratio takes numbers, not \(describe(type))", argument.range)
        continue
      }
      operands.append(argument)
    }
    guard operands.count == 2, let a = operands[0].type, let b = operands[1].type else { return nil }
    let unit = a.unit / b.unit
    // A script's numeral is a float like any other, where it does not meet a decimal.
    let isDecimal = !isScript || a.data.isDecimal || b.data.isDecimal
    func isFloat(_ value: Value) -> Bool { value.type?.data == .float && !(isDecimal && value.literal != nil) }
    if isFloat(operands[0]) || isFloat(operands[1]) {
      if a.data.isDecimal || b.data.isDecimal {
        return asDecimal(a.data.isDecimal ? operands[1] : operands[0])
      }
      let (x, y) = (asFloat(operands[0]), asFloat(operands[1]))
      return make(.library(.ratio), [x.node, y.node], ValueType(.float, unit: unit, isNullable: true), site.range)
    }
    // A float among them makes a float of the ratio, unless it meets a decimal.
    let isSure = operands.contains { $0.type?.data.isDecimal == true && $0.numbersAmong == nil }
    for operand in operands where !isSure {
      guard settles(operand, for: "ratio", { !LuaNumber.isFloat($0) }) else { return nil }
    }
    guard let x = asDecimal(operands[0]), let y = asDecimal(operands[1]) else { return nil }
    return make(
      .library(.ratio), [x.node, y.node], ValueType(.decimal(scale: 18), unit: unit, isNullable: true), site.range)
  }

  fileprivate mutating func decimal(_ site: CallSite) -> Value? {
    guard let x = present(site.arguments[0]), let type = x.type else { return nil }
    switch type.data {
    case .float where x.literal == nil:
      return make(.convert, [x.node], ValueType(.decimal(scale: 15), unit: type.unit), site.range)
    case .string: return make(.library(.text(.toDecimal)), [x.node], ValueType(.decimal(scale: 18)), site.range)
    default:
      var result = asDecimal(x)
      result?.numbersAmong = nil
      return result
    }
  }

  fileprivate mutating func relabelled(_ site: CallSite) -> Value? {
    guard let name = textConstant(site, 1, what: "the unit"), var x = site.arguments.first else { return nil }
    guard let type = x.type, type.data.isNumeric else {
      report(.typeMismatch, "only numbers have units", x.range)
      return nil
    }
    guard let unit = name.isEmpty ? Unit.none : Unit(parsing: name) else {
      report(.unknownUnit, "'\(name)' is not a unit", site.arguments[1].range)
      return nil
    }
    if !isScript, x.literal != nil, type.data == .float, let decimal = asDecimal(x) { x = decimal }
    x.type?.unit = unit
    x.isLiteral = false
    return x
  }

  fileprivate mutating func extreme(_ site: CallSite, wantsGreater: Bool) -> Value? {
    var best: Value?
    for argument in site.arguments {
      let isDate = argument.type?.data == .date || argument.type?.data == .timestamp
      guard let next = isDate ? present(argument) : number(argument, for: site.name) else { return nil }
      guard let known = best else {
        best = next
        continue
      }
      let before = wantsGreater ? order(.isLess, known, next, site.range) : order(.isLess, next, known, site.range)
      guard let isBetter = before, let chosen = choose(isBetter, next, known, site.range) else { return nil }
      best = chosen
    }
    // Where a decimal is among them, the result is one.
    if site.arguments.contains(where: { $0.type?.data.isDecimal == true && $0.numbersAmong == nil }) {
      best?.numbersAmong = nil
    }
    return best
  }

  fileprivate mutating func whole(_ site: CallSite, _ mode: RoundingMode) -> Value? {
    guard let x = number(site.arguments[0], for: site.name), let type = x.type else { return nil }
    switch type.data {
    case .float where !comparesAsLua(x): return nil
    case .float: return make(.library(.floorFloat(mode)), [x.node], ValueType(.int, unit: type.unit), site.range)
    case .decimal:
      var result = rounded(x, 0, mode, site.range)
      if x.numbersAmong?.constants?.contains(where: LuaNumber.isFloat) == true { result?.numbersAmong = NumbersAmong() }
      return result
    default: return x
    }
  }
}

extension Evaluation {
  func floorFloat(_ input: Evaluated, _ mode: RoundingMode) -> Evaluated {
    let values = input.floats.map { Int64(exactly: $0.rounded(mode == .floor ? .down : .up)) }
    let failing = marks(values.map { $0 == nil }, .overflow, "the result does not fit 64 bits")
    return result(.ints(values.map { $0 ?? 0 }), from: [input], failing: failing)
  }

  func multiplyDivide(_ inputs: [Evaluated], _ types: [DataType], _ type: DataType, _ mode: RoundingMode) -> Evaluated {
    let scales = types.map { $0.decimalScale ?? 0 }
    let scale = type.decimalScale ?? 0
    let (a, b, c) = (inputs[0].wide, inputs[1].wide, inputs[2].wide)
    let size = inputs.allSatisfy(\.isConstant) ? 1 : count
    let zeros = marks((0..<size).map { c[$0] == 0 }, .divisionByZero, "division by zero")
    let isDivision = b.isConstant && b[0] == 1 && scales[1] == 0
    var values: [Int128?] = []
    values.reserveCapacity(size)
    for row in 0..<size {
      if c[row] == 0 {
        values.append(0)
      } else if isDivision {
        values.append(DecimalQuotient.rounded(a[row], scale: scales[0], by: c[row], scale: scales[2], to: scale, mode))
      } else {
        values.append(
          DecimalArithmetic.multiplyDivide(
            a[row], scale: scales[0], b[row], scale: scales[1], by: c[row], scale: scales[2], to: scale, mode: mode))
      }
    }
    return decimalsOrFailure(values, precision: 38, scale: scale, from: inputs, failing: zeros)
  }

  func ratio(_ inputs: [Evaluated], _ types: [DataType]) -> Evaluated {
    let size = inputs.allSatisfy(\.isConstant) ? 1 : count
    var present = (0..<size).map { inputs[0].isPresent($0) && inputs[1].isPresent($0) }
    if case .floats = inputs[0].values {
      let (a, b) = (inputs[0].floats, inputs[1].floats)
      for row in 0..<size where b[row] == 0 { present[row] = false }
      return result(.floats(zip(a, b) { $1 == 0 ? 0 : $0 / $1 }), present: present, from: inputs)
    }
    let (a, b) = (inputs[0].wide, inputs[1].wide)
    let (aScale, bScale) = (types[0].decimalScale ?? 0, types[1].decimalScale ?? 0)
    var values: [Int128?] = []
    values.reserveCapacity(size)
    for row in 0..<size {
      if b[row] == 0 { present[row] = false }
      values.append(
        present[row] ? DecimalQuotient.rounded(a[row], scale: aScale, by: b[row], scale: bScale, to: 18, .halfEven) : 0)
    }
    return decimalsOrFailure(values, precision: 38, scale: 18, present: present, from: inputs)
  }
}
