import Columns
import Diagnostics
import LuaHost

/// What is wrong with a fold whatever its rows hold: units that do not go together, days compared with numbers, `==` between decimals and
/// plain numbers.
extension FoldLowering {
  /// What is known of an expression's value.
  func fact(of expression: LuaExpression) -> FoldFact {
    switch expression.kind {
    case .none: return .nothing
    case .bool: return .bool
    case .integer: return FoldFact(kinds: .int)
    case .float: return FoldFact(kinds: .float)
    case .string: return FoldFact(kinds: .text)
    case .parenthesized(let inner): return fact(of: inner)
    case .name(let name): return fact(ofName: name)
    case .index(let base, let key): return fact(of: key, in: base, expression)
    case .table: return FoldFact(kinds: .table)
    case .unary(.not, _): return .bool
    case .unary(.negate, let inner): return fact(of: inner)
    case .unary(.length, _): return FoldFact(kinds: .int, unit: .known(.none))
    case .binary(.and, let left, let right):
      // What is false or nil is the left side's.
      return fact(of: left).kinds.isDisjoint(with: [.bool, .unknown])
        ? fact(of: right) : fact(of: right).joined(.bool)
    case .binary(.or, let left, let right): return truthy(left).joined(fact(of: right))
    case .binary(let operation, let left, let right):
      switch operation {
      case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: return .bool
      case .concatenate: return FoldFact(kinds: .text)
      default: return .result(operation, fact(of: left), fact(of: right))
      }
    case .call(let callee, let arguments): return fact(ofCall: callee, arguments)
    default: return .unknown
    }
  }

  /// What is known of a value that is neither false nor nil.
  private func truthy(_ expression: LuaExpression) -> FoldFact {
    switch expression.kind {
    case .binary(.and, _, let right): truthy(right)
    case .parenthesized(let inner): truthy(inner)
    default: fact(of: expression)
    }
  }

  private func fact(ofName name: String) -> FoldFact {
    switch names[name] {
    case .register(let register): declared[register].map { facts[$0] } ?? .unknown
    case .constant(let constant): fact(of: constant)
    default: .unknown
    }
  }

  private func fact(of constant: FoldConstant) -> FoldFact { FoldFact(constant.value) }

  private func fact(of key: LuaExpression, in base: LuaExpression, _ whole: LuaExpression) -> FoldFact {
    if case .name("settings") = base.kind { return .unknown }
    if case .name(let name) = base.kind, case .row = names[name], case .string(let field) = key.kind,
      let input = compiler.inputs.firstIndex(of: field), input < compiler.inputTypes.count
    {
      return FoldFact(compiler.inputTypes[input])
    }
    guard case .string(let field) = key.kind, !["year", "quarter", "month", "day"].contains(field) else {
      return .unknown
    }
    if let constant = try? constant(whole) { return isSettings(base) ? .unknown : fact(of: constant) }
    return facts.field(field)
  }

  /// Whether a path begins with the settings, whose units nobody told.
  private func isSettings(_ expression: LuaExpression) -> Bool {
    switch expression.kind {
    case .index(let base, _): isSettings(base)
    case .name(let name):
      if case .constant(let constant) = names[name] { constant.isSettings } else { name == "settings" }
    default: false
    }
  }

  private func fact(ofCall callee: LuaExpression, _ arguments: [LuaExpression]) -> FoldFact {
    if case .name(let name) = callee.kind, case .function(let function, _) = names[name] {
      return facts[FoldFacts.Place(kind: .result, offset: function.range.lowerBound)]
    }
    guard let name = libraryName(callee) else { return .unknown }
    let given = arguments.map { fact(of: $0) }
    switch name {
    case "math.min", "math.max":
      return given.dropFirst().reduce(given.first ?? .unknown) { $0.joined($1) }
    case "math.abs", "round": return given.first ?? .unknown
    case "decimal": return FoldFact(kinds: .decimal, unit: given.first?.unit ?? .unknown)
    case "div" where given.count > 1:
      return FoldFact(kinds: .decimal, unit: given[0].unit.times(given[1].unit) { $0 / $1 })
    case "mul_div" where given.count > 2:
      let product = given[0].unit.times(given[1].unit) { $0 * $1 }
      return FoldFact(kinds: .decimal, unit: product.times(given[2].unit) { $0 / $1 })
    case "unit":
      guard arguments.count == 2, case .string(let name) = arguments[1].kind, let unit = Unit(parsing: name) else {
        return .unknown
      }
      return FoldFact(kinds: given[0].kinds, unit: .known(unit))
    case "eq", "is_nil", "one_of": return .bool
    case "tostring": return FoldFact(kinds: .text)
    default: return .unknown
    }
  }

  // MARK: Mistakes

  /// Throws where two values cannot be added, compared and so on.
  func check(
    _ operation: LuaBinaryOperator, _ left: LuaExpression, _ right: LuaExpression, _ range: Range<Int>
  ) throws(FoldRefusal) {
    guard reportsMistakes else { return }
    let (a, b) = (fact(of: left), fact(of: right))
    switch operation {
    case .add, .subtract, .modulo: try checkUnits(a, b, range)
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      try checkUnits(a, b, range)
      for (day, number) in [(a, b), (b, a)] {
        guard day.kinds.isSurely(.days), number.kinds.isSurely(.numbers) else { continue }
        throw invalid(.typeMismatch, "a day and a number do not go together", range)
      }
    case .equal, .notEqual:
      if a.kinds.isSurely(.numbers), b.kinds.isSurely(.numbers) { try checkUnits(a, b, range) }
      for (decimal, number) in [(a, b), (b, a)] {
        guard decimal.kinds.contains(.decimal), !decimal.kinds.contains(.unknown),
          !number.kinds.isDisjoint(with: .plainNumbers), !number.kinds.contains(.unknown)
        else { continue }
        throw invalid(
          .decimalEquality, "in Lua, a decimal never equals a plain number", range,
          help: "eq(\(source(left.range)), \(source(right.range)))")
      }
    default: break
    }
  }

  private func checkUnits(_ a: FoldFact, _ b: FoldFact, _ range: Range<Int>) throws(FoldRefusal) {
    guard a.kinds.isSurely(.numbers), b.kinds.isSurely(.numbers), case .known(let first) = a.unit,
      case .known(let second) = b.unit, first != second
    else { return }
    func named(_ unit: Unit) -> String { unit == .none ? "a number without unit" : unit.description }
    throw invalid(
      .unitMismatch, "\(named(first)) and \(named(second)) do not go together", range,
      help: "convert one by a rate, or relabel it: unit(x, \"\(second == .none ? first : second)\")")
  }

  /// Throws where what is emitted can be no value of its output.
  func check(_ value: LuaExpression, for output: Field) throws(FoldRefusal) {
    guard reportsMistakes else { return }
    let given = fact(of: value)
    guard !given.kinds.isEmpty, !given.kinds.contains(.unknown) else { return }
    var accepted = FoldFact(output.type).kinds
    if accepted == .decimal { accepted = .numbers }
    if accepted == .float { accepted = .plainNumbers }
    if given.kinds.isDisjoint(with: accepted) {
      throw invalid(
        .typeMismatch, "emit gives '\(output.name)' no \(output.type.nullable(false)), which it is to be", value.range)
    }
    guard given.kinds.isSurely(.numbers), case .known(let unit) = given.unit, unit != output.type.unit else { return }
    // A number without a unit gets the one that is declared.
    guard unit != .none else { return }
    throw invalid(
      .unitMismatch, "emit gives '\(output.name)' in \(unit), and it is \(output.type)", value.range,
      help: "declare it as \(unit), or relabel the value: unit(x, \"\(output.type.unit)\")")
  }
}
