extension RuleGenerator {
  /// An expression of a kind that is never nil.
  mutating func term(_ kind: Kind, _ depth: Int) -> Term {
    guard depth > 0 else { return leaf(kind) }
    switch random.below(10) {
    case 0: return leaf(kind)
    case 1: return chosen(kind, depth)
    case 3 where random.once(in: 3):
      // Functions of the file.
      switch kind {
      case .float: return Term(.float, "half(@)", [term(random.pick([.int, .float]), depth - 1)])
      case .decimal, .money: return Term(kind, "half(@)", [term(kind, depth - 1)], isStock: false)
      case .int, .string, .date, .timestamp:
        return Term(kind, "(least(@, @))", two(kind, depth), isStock: isStock(kind))
      default: break
      }
    case 2:
      let callable = functions.filter { $0.result == kind }
      if let function = callable.last {
        let arguments = function.inputs.map { term($0, depth - 1) }
        return Term(kind, "\(function.name)(@, @)", arguments)
      }
    default: break
    }
    guard isPlain else { return operation(kind, depth) }
    for _ in 0..<6 {
      let candidate = operation(kind, depth)
      if candidate.isStock { return candidate }
    }
    return leaf(kind)
  }

  private mutating func operation(_ kind: Kind, _ depth: Int) -> Term {
    switch kind {
    case .bool: return bool(depth)
    case .int: return int(depth)
    case .float: return float(depth)
    case .decimal: return decimal(depth)
    case .money: return money(depth)
    case .string: return string(depth)
    case .date: return date(depth)
    case .timestamp:
      return Term(kind, random.pick(["math.max(@, @)", "math.min(@, @)"]), two(kind, depth), isStock: false)
    case .list: return list(depth)
    }
  }

  func isStock(_ kind: Kind) -> Bool {
    switch kind {
    case .bool, .int, .float, .string: true
    default: false
    }
  }

  mutating func two(_ kind: Kind, _ depth: Int) -> [Term] { [term(kind, depth - 1), term(kind, depth - 1)] }

  mutating func optional(_ kind: Kind) -> Term? {
    RuleColumn.of(kind, isNullable: true).first.map { Term(kind, "row.\($0.name)", isStock: isStock(kind)) }
  }

  private mutating func leaf(_ kind: Kind) -> Term {
    let known = scope.filter { $0.kind == kind }
    if !known.isEmpty, random.once(in: 2) {
      let local = random.pick(known)
      return Term(kind, local.text, isStock: local.isStock)
    }
    let fields = termFields.filter { $0.kind == kind && kind != .decimal }
    if !fields.isEmpty, random.once(in: 3) { return random.pick(fields) }
    if !isPlain, random.once(in: 12), let setting = Self.settings[kind] { return Term(kind, setting, isStock: false) }
    let literals: [String] =
      switch kind {
      case .int: Self.ints
      case .float: Self.floats
      case .string: Self.strings
      case .bool: ["true", "false"]
      case .decimal: ["decimal(\"1.5\")", "decimal(3)", "decimal(0.1)"]
      case .money: ["unit(decimal(\"12.34\"), \"USD\")"]
      case .date: ["date(2024, 2, 29)", "date(\"2023-07-19\")"]
      case .timestamp, .list: []
      }
    if !literals.isEmpty, random.once(in: 3) { return Term(kind, random.pick(literals), isStock: isStock(kind)) }
    let column = random.pick(RuleColumn.of(kind, isNullable: false))
    return Term(kind, "row.\(column.name)", isStock: isStock(kind))
  }

  private static let settings: [Kind: String] = [
    .money: "settings.most", .float: "settings.part", .int: "settings.times", .string: "settings.word",
    .date: "settings.from",
  ]

  private static let ints = [
    "0", "1", "2", "-1", "-3", "7", "10", "100", "0x7fffffffffffffff", "9007199254740993", "COUNT", "#RATES",
    "STEPS[2]",
    "math.maxinteger", "math.mininteger",
  ]
  private static let floats = [
    "0.0", "-0.0", "0.1", "0.15", "1.0", "2.5", "-1.5", "1e10", "1e300", "9007199254740993.0", "9223372036854775808",
    "SHARE", "math.huge", "math.pi", "3.0", "RATES[1]", "0x1p4", "1e-7",
  ]
  private static let strings = [
    "\"\"", "\"a\"", "'paid'", "\"x,y\"", "\"\\u{FC}\"", "LABEL", "[[AB]]", "\"10\"", "\"\\65b\"", "\" \"",
  ]

  /// One of two values by a condition, in each of Lua's ways to say so.
  private mutating func chosen(_ kind: Kind, _ depth: Int) -> Term {
    let parts = two(kind, depth)
    if kind != .bool, let optional = optional(kind), random.once(in: 2) {
      switch random.below(3) {
      case 0: return Term(kind, "(@ or @)", [optional, parts[0]])
      case 1:
        return Term(kind, "(\(optional.text) and @ and \(optional.text) or @)", [term(.bool, depth - 1), parts[0]])
      default:
        let narrowed = (optional.text, kind, optional.isStock, false)
        scope.append(narrowed)
        let inner = term(kind, depth - 1)
        scope.removeLast()
        return Term(kind, "(@ and @ or @)", [optional, inner, parts[0]])
      }
    }
    if kind == .bool { return Term(.bool, "(@ and @ or @)", [term(.bool, depth - 1)] + parts) }
    return Term(kind, "(@ and @ or @)", [term(.bool, depth - 1)] + parts)
  }

  private mutating func bool(_ depth: Int) -> Term {
    let kind = random.pick([Kind.int, .float, .decimal, .money, .string, .date, .timestamp, .bool])
    switch random.below(12) {
    case 0, 1:
      return Term(
        .bool, random.pick(["(@ and @)", "(@ or @)", "(not @ and @)", "(@ or not @)", "(not @ == @)"]),
        two(.bool, depth))
    case 2: return Term(.bool, "not @", [term(.bool, depth - 1)])
    case 3:
      guard let column = optional(kind) else { break }
      if kind == .bool { return Term(.bool, random.pick(["(@ or false)", "not @", "(@ == true)"]), [column]) }
      let form = random.pick(["(@ == nil)", "(@ ~= nil)", "not @", "is_nil(@)"])
      return Term(.bool, form, [column], isStock: form != "is_nil(@)")
    case 4:
      return Term(.bool, random.pick(["eq(@, @)", "one_of(@, @)"]), two(kind, depth), isStock: false)
    case 5:
      let form = random.pick(["starts_with(@, @)", "ends_with(@, @)", "contains(@, @)"])
      return Term(.bool, form, two(.string, depth), isStock: false)
    case 6:
      let parts = [term(.string, depth - 1), Term(.string, random.pick(["\"a\"", "\"paid\"", "\"\""]))]
      return Term(.bool, "one_of(@, @, \"b\", \"\\u{FC}\")", parts, isStock: false)
    case 7 where random.once(in: 2):
      return Term(.bool, "eq(@, @)", two(.list, 1), isStock: false)
    case 7: return Term(.bool, "contains(@, @)", [term(.list, 0), term(.string, depth - 1)], isStock: false)
    case 8:
      let parts = [term(.int, depth - 1), term(.float, depth - 1)]
      let form = random.pick(["(@ < @)", "(@ >= @)", "(@ == @)", "(@ ~= @)", "eq(@, @)", "one_of(@, @)"])
      return Term(.bool, form, random.once(in: 2) ? parts : parts.reversed(), isStock: form.hasPrefix("("))
    case 9: return Term(.bool, "(@ > \"2023-12-31\")", [term(.date, depth - 1)], isStock: false)
    case 10:
      let parts = [term(.decimal, depth - 1), random.once(in: 2) ? term(.int, depth - 1) : Term(.float, "0.15")]
      return Term(.bool, random.pick(["(@ <= @)", "eq(@, @)", "one_of(@, 1, @)"]), parts, isStock: false)
    default: break
    }
    if kind == .bool { return Term(.bool, random.pick(["(@ == @)", "(@ ~= @)"]), two(.bool, depth)) }
    let form = random.pick(["(@ < @)", "(@ <= @)", "(@ > @)", "(@ >= @)", "(@ == @)", "(@ ~= @)"])
    return Term(.bool, form, two(kind, depth))
  }

  private mutating func int(_ depth: Int) -> Term {
    switch random.below(14) {
    case 0, 1, 2: return Term(.int, random.pick(["(@ + @)", "(@ - @)", "(@ * @)"]), two(.int, depth))
    case 3: return Term(.int, random.pick(["(@ // @)", "(@ % @)"]), two(.int, depth))
    case 4:
      return Term(.int, random.pick(["@ + @ * @", "@ - @ - @", "(@ * - @ % @)"]), two(.int, depth) + [leafOf(.int)])
    case 5: return Term(.int, "(- @)", [term(.int, depth - 1)])
    case 6: return Term(.int, random.pick(["math.max(@, @)", "math.min(@, @)"]), two(.int, depth))
    case 7: return Term(.int, "math.abs(@)", [term(.int, depth - 1)])
    case 8: return Term(.int, random.pick(["math.floor(@)", "math.ceil(@)"]), [term(.float, depth - 1)])
    case 9: return Term(.int, "(@ - @)", two(.date, depth))
    case 10:
      let field = random.pick(["year", "month", "day", "quarter"])
      return Term(.int, "(@).\(field)", [term(random.once(in: 3) ? .timestamp : .date, depth - 1)])
    case 11: return Term(.int, "months_between(@, @)", two(.date, depth), isStock: false)
    case 12:
      let form = random.pick(["#@", "len(@)", "(@):len()"])
      return Term(.int, form, [leafOf(.string)], isStock: form != "len(@)")
    case 13 where random.once(in: 2):
      let form = random.pick(["len(@)", "#@"])
      return Term(.int, form, [term(.list, random.below(2))], isStock: false)
    case 13 where random.once(in: 4):
      let form = "len(dates(@, @ + 400, \"\(random.pick(["day", "week", "month", "quarter", "year"]))\"))"
      return Term(.int, form, two(.date, 1), isStock: false)
    default:
      return Term(
        .int, random.pick(["round(@)", "round(@, 2)", "math.floor(@)"]), [term(.int, depth - 1)], isStock: false)
    }
  }

  private mutating func leafOf(_ kind: Kind) -> Term {
    let column = random.pick(RuleColumn.of(kind, isNullable: false))
    return Term(kind, "row.\(column.name)", isStock: isStock(kind))
  }

  private mutating func float(_ depth: Int) -> Term {
    switch random.below(11) {
    case 0 where random.once(in: 2):
      let form = random.pick(["(@ - @ / @)", "(@ + @ * @)", "(@ ^ @ ^ @)", "(- @ ^ @ * @)", "(@ // @ % @)"])
      return Term(.float, form, two(.float, depth) + [leafOf(.float)])
    case 0, 1: return Term(.float, random.pick(["(@ + @)", "(@ - @)", "(@ * @)", "(@ / @)"]), two(.float, depth))
    case 2: return Term(.float, random.pick(["(@ // @)", "(@ % @)", "(@ ^ @)"]), two(.float, depth))
    case 3: return Term(.float, random.pick(["(@ / @)", "(@ ^ @)"]), two(.int, depth))
    case 4:
      let parts = [term(.int, depth - 1), term(.float, depth - 1)]
      let form = random.pick(["(@ + @)", "(@ - @)", "(@ * @)", "(@ // @)", "(@ % @)", "(@ / @)"])
      return Term(.float, form, random.once(in: 2) ? parts : parts.reversed())
    case 5: return Term(.float, "(- @)", [term(.float, depth - 1)])
    case 6: return Term(.float, random.pick(["math.max(@, @)", "math.min(@, @)"]), two(.float, depth))
    case 7: return Term(.float, "math.abs(@)", [term(.float, depth - 1)])
    case 8: return Term(.float, "-@ ^ 2", [leafOf(.float)])
    case 9:
      // Ints and floats of one expression: Lua keeps the kind of the one that is chosen.
      let parts = [term(.float, depth - 1), term(.int, 0)]
      let form = random.pick(["math.max(@, @)", "math.min(@, @)", "(row.b and @ or @)"])
      return Term(.float, form, random.once(in: 2) ? parts : parts.reversed())
    default: return Term(.float, "float(@)", [term(random.pick([.int, .float, .decimal]), depth - 1)], isStock: false)
    }
  }

  private mutating func date(_ depth: Int) -> Term {
    switch random.below(8) {
    case 0: return Term(.date, random.pick(["(@ + @)", "(@ - @)"]), [term(.date, depth - 1), term(.int, depth - 1)])
    case 1: return Term(.date, "(@ + @)", [Term(.int, "31"), term(.date, depth - 1)])
    case 2: return Term(.date, "add_months(@, @)", [term(.date, depth - 1), term(.int, depth - 1)], isStock: false)
    case 3: return Term(.date, "month_end(@)", [term(.date, depth - 1)], isStock: false)
    case 4:
      let form = random.pick(["week(@)", "month(@)", "quarter(@)", "year(@)"])
      return Term(.date, form, [term(random.once(in: 4) ? .timestamp : .date, depth - 1)], isStock: false)
    case 5: return Term(.date, "date(@)", [term(.timestamp, depth - 1)], isStock: false)
    case 6:
      let parts = [term(.int, depth - 1), term(.int, 0), term(.int, 0)]
      return Term(
        .date, random.pick(["date(@, @, @)", "date(2000 + @ % 30, 1 + @ % 12, 1 + @ % 28)"]), parts, isStock: false)
    default: return Term(.date, random.pick(["math.max(@, @)", "math.min(@, @)"]), two(.date, depth), isStock: false)
    }
  }

  private mutating func string(_ depth: Int) -> Term {
    switch random.below(9) {
    case 0: return Term(.string, "(@ .. @)", two(.string, depth))
    case 1: return Term(.string, "(@ .. @)", [term(.string, depth - 1), term(.int, depth - 1)])
    case 2:
      let kind = random.pick([Kind.int, .float, .decimal, .money, .string, .date, .timestamp, .bool])
      return Term(.string, "tostring(@)", [term(kind, depth - 1)])
    case 3:
      return Term(
        .string, random.pick(["lower(@)", "upper(@)", "trim(@)"]), [term(.string, depth - 1)], isStock: false)
    case 4: return Term(.string, random.pick(["(@):upper()", "(@):lower()"]), [term(.string, depth - 1)])
    case 5:
      let form = random.pick(["sub(@, @)", "sub(@, @, 3)", "(@):sub(@)", "(@):sub(@, -2)", "(@):sub(1, @)"])
      let parts = [term(.string, depth - 1), term(.int, 0)]
      return Term(.string, form, parts, isStock: form.hasPrefix("("))
    case 6: return Term(.string, "replace(@, @, @)", two(.string, depth) + [term(.string, 0)], isStock: false)
    case 7:
      return Term(.string, random.pick(["concat(@, @)", "concat(@, \"-\", @)"]), two(.string, depth), isStock: false)
    default: return Term(.string, "@ .. @ .. \"!\"", [leafOf(.string), leafOf(.string)])
    }
  }

  private mutating func list(_ depth: Int) -> Term {
    Term(
      .list, "split(@, @)",
      [term(.string, depth - 1), Term(.string, random.pick(["\",\"", "\"a\"", "\"\"", "\" \""]))], isStock: false)
  }
}
