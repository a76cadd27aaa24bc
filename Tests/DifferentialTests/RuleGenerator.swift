/// Writes random rules of every form that compiles, well typed for the most part: what binding refuses is counted and
/// left out.
struct RuleGenerator {
  var random: Random
  /// Locals in scope, and columns known not to be nil there.
  var scope: [(text: String, kind: Kind, isStock: Bool, isLocal: Bool)] = []
  var localCount = 0
  /// Only what plain Lua has.
  var isPlain = false
  var functions: [(name: String, inputs: [Kind], result: Kind, isDouble: Bool)] = []
  /// Fields of `terms`, for a fee rule.
  var termFields: [Term] = []

  init(seed: UInt64) { random = Random(seed: seed) }

  /// One rule; the generator starts afresh with each.
  mutating func rule() -> Rule {
    scope = []
    localCount = 0
    functions = []
    termFields = []
    isPlain = random.once(in: 3)
    if isPlain { return metric() }
    switch random.below(8) {
    case 0, 1: return feeRule()
    case 2: return function()
    default: return metric()
    }
  }

  private mutating func metric() -> Rule {
    let kind = random.once(in: 15) && !isPlain ? Kind.list : anyKind()
    var body = statements(count: random.below(4), returning: [kind])
    body.append(Statement("return @", [.term(result(kind))]))
    var rule = Rule(form: .metric, body: body)
    if kind == .decimal, random.once(in: 6) { rule.returns = "decimal(38,\(random.pick([2, 6, 18])))" }
    if kind == .int, !isPlain, random.once(in: 8) { rule.returns = "decimal(38,4)" }
    return rule
  }

  private mutating func function() -> Rule {
    let kind = anyKind()
    var body = statements(count: random.below(3), returning: [kind])
    body.append(Statement("return @", [.term(term(kind, 2))]))
    var rule = Rule(form: .function, body: body)
    switch kind {
    case .decimal: rule.returns = "decimal(38,18)"
    case .money: rule.returns = "decimal(38,\(random.pick([2, 6, 18]))) USD"
    case .list: rule.returns = "list<string>"
    default: rule.returns = kind.rawValue
    }
    return rule
  }

  private mutating func feeRule() -> Rule {
    termFields = [
      Term(.decimal, "terms.rate", isStock: false), Term(.decimal, "terms.limit", isStock: false),
      Term(.string, "terms.label", isStock: false), Term(.int, "#terms.steps", isStock: false),
    ]
    var body = statements(count: random.below(3), returning: [.money, .string])
    if random.once(in: 4) {
      // A call that ends the list gives both values.
      let parts: [Piece] = [.term(term(.bool, 1)), .term(feeTerm()), .term(feeTerm()), .term(term(.string, 1))]
      body.append(Statement("local function price(x) if x and @ then return @, \"first\" end return @, @ end", parts))
      body.append(Statement("return price(@)", [.term(term(.bool, 1))]))
    } else {
      body.append(Statement("return @, @", [.term(feeTerm()), .term(term(.string, 1))]))
    }
    var rule = Rule(form: .fee, body: body)
    let shape = random.below(5)
    func version(_ dates: String, _ rate: String, _ limit: String, _ label: String, _ steps: String) -> String {
      // With tiers of its own in some versions, the rule is compiled once for each version.
      let tiers = shape == 3 && label != "mid" ? ", tiers = { { up_to = 5.5, rate = 0.3 }, { rate = 0.1 } }" : ""
      return "{ \(dates)rate = \(rate), limit = \(limit), label = \"\(label)\", steps = { \(steps) }\(tiers) }"
    }
    rule.versions = [
      version("valid_to = \"2000-01-01\", ", "0.1", "100", "old", "1, 2"),
      version(
        "valid_from = \"2000-01-01\", valid_to = \"2024-03-01\", ", shape == 0 ? "0.15" : "2", "250.5", "mid",
        shape == 1 ? "1, 2, 3" : "3, 4"),
      version("valid_from = \"2024-03-01\", ", shape == 2 ? "0.125" : "0.05", "1000", "new", "5, 6"),
    ].dropFirst(random.below(2)).joined(separator: ", ")
    if random.once(in: 2) {
      rule.rest += " rounding = { scale = \(random.below(4)), mode = \"\(random.pick(Self.modes))\" },"
    }
    if random.once(in: 3) { rule.rest += " minimum = \(random.pick(["0", "1", "0.5"]))," }
    if random.once(in: 3) { rule.rest += " maximum = \(random.pick(["100", "99.99"]))," }
    return rule
  }

  private mutating func feeTerm() -> Term {
    switch random.below(7) {
    case 5: Term(.money, "(terms.tiers and graduated(@, terms.tiers) or @)", two(.money, 1), isStock: false)
    case 6: Term(.money, "math.min(@, settings.most)", [term(.money, 2)], isStock: false)
    case 0: Term(.money, "(@ * @)", [term(.money, 2), random.pick(termFields.filter { $0.kind == .decimal })])
    case 1: Term(.money, "math.min(@, @)", [term(.money, 2), Term(.money, "terms.limit", isStock: false)])
    case 2: Term(.money, "round(@ * terms.rate, 2)", [term(.money, 1)], isStock: false)
    default: term(.money, 2)
    }
  }

  /// What a rule gives: also nil, where the kind allows it.
  mutating func result(_ kind: Kind) -> Term {
    if kind != .bool, random.once(in: 6) {
      return Term(kind, "@ and @ or nil", [term(.bool, 1), term(kind, 2)])
    }
    if kind == .bool, random.once(in: 4) {
      return Term(.bool, random.pick(["(row.bo and @)", "(@ and row.bo)"]), [term(.bool, 1)])
    }
    if random.once(in: 8), let column = optional(kind) { return column }
    return term(kind, 1 + random.below(3))
  }

  static let modes = ["half_even", "half_up", "half_down", "up", "down", "ceiling", "floor"]

  // MARK: Statements

  mutating func statements(count: Int, returning kinds: [Kind]) -> [Statement] {
    (0..<count).map { _ in statement(returning: kinds) }
  }

  private mutating func nested(_ count: Int, returning kinds: [Kind]) -> Piece {
    let before = (scope, functions)
    let inner = statements(count: count, returning: kinds)
    (scope, functions) = before
    return .block(inner)
  }

  private mutating func newLocal() -> String {
    localCount += 1
    return "v\(localCount)"
  }

  private mutating func anyKind() -> Kind {
    random.pick(Kind.allCases.filter { $0 != .list && (!isPlain || isStock($0)) })
  }

  private mutating func statement(returning kinds: [Kind]) -> Statement {
    switch random.below(12) {
    case 0, 1, 2, 3: return local()
    case 4: return assignment()
    case 5, 6: return branch(returning: kinds)
    case 7: return earlyReturn(kinds)
    case 8: return loop(returning: kinds)
    case 9: return localFunction()
    case 10: return narrowing(returning: kinds)
    default: return Statement("do\n@end", [nested(1, returning: kinds)])
    }
  }

  private mutating func local() -> Statement {
    let kind = anyKind()
    let value = term(kind, 2)
    if random.once(in: 8) {
      let (first, second) = (newLocal(), newLocal())
      let other = term(kind, 1)
      scope.append((first, kind, value.isStock, true))
      scope.append((second, kind, other.isStock, true))
      return Statement("local \(first), \(second) = @, @", [.term(value), .term(other)])
    }
    if random.once(in: 8), let known = functions.last(where: { $0.isDouble && $0.result == kind }) {
      let (first, second) = (newLocal(), newLocal())
      let arguments = known.inputs.map { term($0, 1) }
      scope.append((first, kind, false, true))
      scope.append((second, kind, false, true))
      return Statement("local \(first), \(second) = \(known.name)(@, @)", arguments.map { .term($0) })
    }
    // A name may be used again: the new local hides the old one.
    let hidden = scope.filter { $0.isLocal && $0.kind == kind }
    let name = !hidden.isEmpty && random.once(in: 6) ? random.pick(hidden).text : newLocal()
    scope.removeAll { $0.text == name }
    let attribute = random.once(in: 12) ? " <const>" : ""
    scope.append((name, kind, value.isStock, attribute.isEmpty))
    return Statement("local \(name)\(attribute) = @", [.term(value)])
  }

  private mutating func assignment() -> Statement {
    let locals = scope.filter(\.isLocal)
    guard !locals.isEmpty else { return local() }
    let target = random.pick(locals)
    let others = locals.filter { $0.kind == target.kind && $0.text != target.text }
    if let other = others.first, random.once(in: 3) {
      var swap = Statement("\(target.text), \(other.text) = \(other.text), \(target.text)")
      swap.isStock = other.isStock && target.isStock
      return swap
    }
    let value = term(target.kind, 2)
    // What was plain Lua may not be any more.
    for index in scope.indices where scope[index].text == target.text && !value.isStock { scope[index].isStock = false }
    return Statement("\(target.text) = @", [.term(value)])
  }

  private mutating func branch(returning kinds: [Kind]) -> Statement {
    let condition = Piece.term(term(.bool, 2))
    switch random.below(3) {
    case 0: return Statement("if @ then\n@end", [condition, nested(1, returning: kinds)])
    case 1:
      return Statement(
        "if @ then\n@else\n@end", [condition, nested(1, returning: kinds), nested(1, returning: kinds)])
    default:
      return Statement(
        "if @ then\n@elseif @ then\n@else\n@end",
        [
          condition, nested(1, returning: kinds), .term(term(.bool, 1)), nested(1, returning: kinds),
          nested(1, returning: kinds),
        ])
    }
  }

  private mutating func earlyReturn(_ kinds: [Kind]) -> Statement {
    let values = kinds.map { Piece.term(term($0, 2)) }
    let list = Array(repeating: "@", count: values.count).joined(separator: ", ")
    return Statement("if @ then return \(list) end", [.term(term(.bool, 2))] + values)
  }

  private mutating func loop(returning kinds: [Kind]) -> Statement {
    let name = newLocal()
    let before = (scope, functions)
    defer { (scope, functions) = before }
    if random.once(in: 2) {
      let bounds = random.pick(["1, 3", "3, 1, -1", "0, 4, 2", "1, COUNT", "2, 1", "1, #STEPS", "-1, 1"])
      scope.append((name, .int, true, false))
      let leave = random.once(in: 3) ? [Piece.term(term(.bool, 1))] : []
      let exit = leave.isEmpty ? "" : "if @ then break end\n"
      return Statement("for \(name) = \(bounds) do\n\(exit)@end", leave + [nested(1, returning: kinds)])
    }
    let (table, kind) = random.pick([("RATES", Kind.float), ("STEPS", Kind.int)])
    let index = newLocal()
    scope.append((index, .int, true, false))
    // A table of floats and ints has a kind of its own in each round: only of use as a float where it is one.
    if kind == .int { scope.append((name, kind, true, false)) }
    let leave = random.once(in: 3) ? [Piece.term(term(.bool, 1))] : []
    let exit = leave.isEmpty ? "" : "if @ then break end\n"
    return Statement("for \(index), \(name) in ipairs(\(table)) do\n\(exit)@end", leave + [nested(1, returning: kinds)])
  }

  private mutating func localFunction() -> Statement {
    let result = anyKind()
    let inputs = [random.once(in: 2) ? result : anyKind(), anyKind()]
    localCount += 1
    let name = "h\(localCount)"
    let before = (scope, functions)
    scope += [("x", inputs[0], false, false), ("y", inputs[1], false, false)]
    let isShort = random.once(in: 2)
    let parts: [Piece] =
      isShort
      ? [.term(term(result, 2))] : [.term(term(.bool, 1)), .term(term(result, 1)), .term(term(result, 2))]
    (scope, functions) = before
    let isDouble = inputs[0] == result && random.once(in: 2)
    functions.append((name, inputs, result, isDouble))
    let more = isDouble ? ", x" : ""
    let body = isShort ? "return @\(more)" : "if @ then return @\(more) end return @\(more)"
    if random.once(in: 3) { return Statement("local \(name) = function(x, y) \(body) end", parts) }
    return Statement("local function \(name)(x, y) \(body) end", parts)
  }

  private mutating func narrowing(returning kinds: [Kind]) -> Statement {
    let kind = anyKind()
    let columns = RuleColumn.of(kind, isNullable: true)
    guard kind != .bool, kind != .list, let column = columns.first else { return local() }
    let before = (scope, functions)
    defer { (scope, functions) = before }
    scope += Array(repeating: ("row.\(column.name)", kind, isStock(kind), false), count: 3)
    let test = random.pick(["row.\(column.name)", "row.\(column.name) ~= nil", "not (row.\(column.name) == nil)"])
    var statement = Statement("if \(test) then\n@end", [nested(1 + random.below(2), returning: kinds)])
    statement.isStock = statement.isStock && isStock(kind)
    return statement
  }
}
