import Columns

/// Writes random folds of the forms that are compiled: states of numbers, texts, days and queues, changed by branches and loops.
struct FoldGenerator {
  private var random: Random
  private var depth = 0
  /// Locals by kind.
  private var locals: [(name: String, kind: Kind)] = []
  private var made = 0
  private var isLooping = false

  enum Kind: CaseIterable { case int, float, decimal, text, bool, date, timestamp }

  static let inputs: [RuleColumn] = ["i", "io", "f", "b", "s", "so", "d", "do_", "z", "p", "q", "m", "mo"].map { name in
    guard let column = RuleColumn.all.first(where: { $0.name == name }) else { preconditionFailure(name) }
    // Units that do not go together are refused before anything runs.
    return RuleColumn(column.name, column.kind, column.type.data, isNullable: column.type.isNullable)
  }

  static let outputs = [
    ("x", "decimal(38,18)?"), ("y", "decimal(18,2)?"), ("n", "int?"), ("g", "float?"), ("t", "string?"), ("c", "bool?"),
    ("day", "date?"), ("moment", "timestamp?"),
  ]

  init(seed: UInt64) { random = Random(seed: seed) }

  /// The file of a fold.
  mutating func fold() -> String {
    let inputs = Self.inputs.map { "\($0.name) = \"\($0.type)\"" }.joined(separator: ", ")
    let outputs = Self.outputs.map { "\($0.0) = \"\($0.1)\"" }.joined(separator: ", ")
    let fields = [
      "lots = { }", "n = \(random.pick(["0", "1", "-3", "9223372036854775807"]))",
      "total = \(random.pick(["0", "decimal(0)", "decimal(\"0.00\")", "0.0", "settings.limit", "nil"]))",
      "rate = \(random.pick(["0.5", "decimal(\"1.25\")", "3", "RATES[2]"]))",
      "name = \(random.pick(["\"\"", "\"start\"", "nil"]))", "flag = \(random.pick(["true", "false", "nil"]))",
      "at = \(random.pick(["nil", "date(2024, 2, 29)"]))", "head = 1", "pair = { left = 1, right = decimal(\"2.50\") }",
    ]
    let kept = fields.filter { field in
      !random.once(in: 8) || ["lots", "pair", "head"].contains { field.hasPrefix($0) }
    }
    var text = """
      local RATES = { 0.1, 0.25, 2, names = { low = "low", high = "high" } }
      local function half(x) return x / 2 end
      local function sorted(a, b) if a < b then return a, b end return b, a end
      local function give(state, row, emit) emit { x = state.total, n = state.n } return row.i end
      return fold { name = "rule", inputs = { \(inputs) }, outputs = { \(outputs) },
        init = function(settings)
          return { \(kept.joined(separator: ", ")) }
        end,
        step = function(state, row, emit)

      """
    text += block(indent: "    ", count: 2 + random.below(5))
    if !random.once(in: 5) { text += "    \(emission())\n" }
    text += "  end,\n"
    if random.once(in: 2) {
      locals = []
      isFinishing = true
      text += "  finish = function(state, emit)\n"
      text += block(indent: "    ", count: 1 + random.below(3))
      text += "    \(emission())\n  end,\n"
    }
    return text + "}\n"
  }

  private var isFinishing = false

  // MARK: Statements

  private mutating func block(indent: String, count: Int) -> String {
    let outer = locals.count
    depth += 1
    let text = (0..<count).map { _ in statement(indent: indent) }.joined()
    depth -= 1
    locals.removeLast(locals.count - outer)
    return text
  }

  private mutating func statement(indent: String) -> String {
    let form = random.below(depth > 3 ? 9 : 18)
    switch form {
    case 0, 1, 2: return "\(indent)\(assignment())\n"
    case 3, 4:
      made += 1
      let kind = random.pick(Kind.allCases)
      let text = "\(indent)local v\(made) = \(expression(kind, 2))\n"
      locals.append(("v\(made)", kind))
      return text
    case 5: return "\(indent)\(queueing())\n"
    case 6:
      guard let local = locals.last else { return "\(indent)\(assignment())\n" }
      return "\(indent)\(local.name) = \(expression(local.kind, 2))\n"
    case 7: return random.once(in: 3) ? "\(indent)\(emission())\n" : "\(indent)state.n = (state.n or 0) + 1\n"
    case 8: return "\(indent)state.pair.\(random.pick(["left", "right"])) = \(expression(number(), 2))\n"
    case 9, 10, 11, 12:
      var text = "\(indent)if \(condition(2)) then\n\(block(indent: indent + "  ", count: 1 + random.below(2)))"
      if random.once(in: 3) {
        text += "\(indent)elseif \(condition(1)) then\n\(block(indent: indent + "  ", count: 1))"
      }
      if random.once(in: 2) { text += "\(indent)else\n\(block(indent: indent + "  ", count: 1))" }
      return text + "\(indent)end\n"
    case 13: return loop(indent)
    case 14: return drain(indent)
    case 15: return walk(indent)
    case 16: return rare(indent)
    default:
      made += 2
      let text =
        "\(indent)local v\(made - 1), v\(made) = sorted(\(expression(.decimal, 1)), \(expression(.decimal, 1)))\n"
      locals += [("v\(made - 1)", .decimal), ("v\(made)", .decimal)]
      return text
    }
  }

  private mutating func assignment() -> String {
    switch random.below(9) {
    case 0: return "state.n = \(expression(.int, 2))"
    case 1, 2: return "state.total = (state.total or 0) + \(expression(number(), 2))"
    case 3: return "state.total = \(expression(number(), 2))"
    case 4: return "state.name = \(random.once(in: 5) ? "nil" : expression(.text, 2))"
    case 5: return "state.flag = \(expression(.bool, 2))"
    case 6: return "state.at = \(expression(.date, 1))"
    case 7: return "state.rate, state.n = \(expression(number(), 1)), \(expression(.int, 1))"
    default: return "state.\(random.pick(["extra", "other"])) = \(expression(random.pick(Kind.allCases), 2))"
    }
  }

  private mutating func queueing() -> String {
    switch random.below(10) {
    case 0, 1, 2:
      return "state.lots[#state.lots + 1] = { left = \(expression(.decimal, 1)), at = \(expression(.date, 0)) }"
    case 3: return "table.insert(state.lots, { left = \(expression(number(), 1)) })"
    case 4: return "table.insert(state.lots, 1, { left = \(expression(.decimal, 1)), note = \(expression(.text, 0)) })"
    case 5: return "table.remove(state.lots, 1)"
    case 6: return "table.remove(state.lots)"
    case 7: return "if #state.lots > 3 then table.remove(state.lots, \(1 + random.below(4))) end"
    case 8: return "state.lots[state.head or 1] = nil"
    default: return "if state.lots[1] then state.lots[1].left = state.lots[1].left - \(expression(.decimal, 1)) end"
    }
  }

  private mutating func loop(_ indent: String) -> String {
    made += 1
    let name = "v\(made)"
    let range = random.pick(["1, 3", "1, #state.lots", "3, 1, -1", "1, 2, 0.5", "-2, 7, 3", "1, RATES[3]"])
    locals.append((name, range.contains("0.5") ? .float : .int))
    let body = block(indent: indent + "  ", count: 1 + random.below(2))
    locals.removeLast()
    let leave = random.once(in: 3) ? "\(indent)  if \(condition(1)) then break end\n" : ""
    return "\(indent)for \(name) = \(range) do\n\(leave)\(body)\(indent)end\n"
  }

  /// The loop of first in, first out.
  private mutating func drain(_ indent: String) -> String {
    made += 1
    let left = "v\(made)"
    let head = random.once(in: 2)
    let lot = head ? "state.lots[state.head]" : "state.lots[1]"
    let drop =
      head
      ? random.pick(["state.head = state.head + 1", "state.lots[state.head] = nil state.head = state.head + 1"])
      : "table.remove(state.lots, 1)"
    return """
      \(indent)local \(left) = \(expression(.decimal, 1))
      \(indent)while \(left) > 0 and \(lot) do
      \(indent)  local lot = \(lot)
      \(indent)  local used = math.min(lot.left, \(left))
      \(indent)  \(random.once(in: 2) ? "emit { x = used, day = lot.at }" : "state.total = used * RATES[2]")
      \(indent)  lot.left = lot.left - used
      \(indent)  \(left) = \(left) - used
      \(indent)  if lot.left <= 0 then \(drop) end
      \(indent)end

      """
  }

  private mutating func walk(_ indent: String) -> String {
    switch random.below(3) {
    case 0: return "\(indent)for k, lot in ipairs(state.lots) do state.n = k state.extra = lot.left end\n"
    case 1:
      return """
        \(indent)local turns = 0
        \(indent)repeat
        \(indent)  turns = turns + 1
        \(block(indent: indent + "  ", count: 1))\(indent)until turns > \(random.below(4)) or \(condition(1))

        """
    default:
      return "\(indent)for k, rate in ipairs(RATES) do if \(condition(1)) then state.rate = rate break end end\n"
    }
  }

  private mutating func rare(_ indent: String) -> String {
    switch random.below(8) {
    case 0: return "\(indent)if \(condition(1)) then reject(\"no \" .. tostring(state.n)) end\n"
    case 1: return "\(indent)if \(condition(1)) then error(\"wrong\") end\n"
    case 2: return "\(indent)if \(condition(1)) then return end\n"
    case 3: return isFinishing ? "" : "\(indent)if \(condition(1)) then return give(state, row, emit) end\n"
    case 4: return "\(indent)state.pair = { left = \(expression(.int, 1)), right = \(expression(.decimal, 1)) }\n"
    case 5:
      return "\(indent)local function own(a) state.n = (state.n or 0) + 1 return a end state.extra = own(state.n)\n"
    case 6:
      return "\(indent)state[\(random.pick(["\"n\"", "\"total\"", "state.name", "1"]))] = \(expression(.int, 1))\n"
    default: return "\(indent)assert(\(condition(2)) or (state.n or 0) < 900, \"no\")\n"
    }
  }

  private mutating func emission() -> String {
    let kinds: [Kind] = [.decimal, .decimal, .int, .float, .text, .bool, .date, .timestamp]
    var parts: [String] = []
    for (output, kind) in zip(Self.outputs, kinds) where random.once(in: 2) {
      let value =
        output.0 == "y"
        ? "round(\(expression(.decimal, 1)), 2)" : output.0 == "x" ? expression(number(), 2) : expression(kind, 2)
      parts.append("\(output.0) = \(value)")
    }
    if random.once(in: 10) {
      return "local line = { \(parts.joined(separator: ", ")) } line.n = \(expression(.int, 1)) emit(line)"
    }
    return "emit { \(parts.joined(separator: ", ")) }"
  }

  // MARK: Expressions

  private mutating func number() -> Kind { random.pick([.int, .float, .decimal, .decimal, .decimal]) }

  private mutating func condition(_ depth: Int) -> String {
    if depth == 0 || random.once(in: 3) { return expression(.bool, 0) }
    switch random.below(7) {
    case 0: return "\(condition(depth - 1)) and \(condition(depth - 1))"
    case 1: return "(\(condition(depth - 1)) or \(condition(depth - 1)))"
    case 2: return "not \(expression(.bool, 0))"
    default: return expression(.bool, depth)
    }
  }

  /// An expression that mostly is of a kind.
  private mutating func expression(_ kind: Kind, _ depth: Int) -> String {
    let own = locals.filter { $0.kind == kind }
    if !own.isEmpty, random.once(in: 3) { return random.pick(own).name }
    if depth == 0 || random.once(in: 4) { return leaf(kind) }
    switch kind {
    case .int: return int(depth)
    case .float: return float(depth)
    case .decimal: return decimal(depth)
    case .text: return text(depth)
    case .bool: return bool(depth)
    case .date:
      return random.once(in: 2) ? "(\(expression(.date, depth - 1)) + \(random.below(400)))" : leaf(.date)
    case .timestamp: return leaf(.timestamp)
    }
  }

  /// A value that is there, but for once in a while.
  private mutating func leaf(_ kind: Kind) -> String {
    if random.once(in: 25) { return "state.\(random.pick(["n", "total", "rate", "name", "at", "extra", "pair.left"]))" }
    let choices: [String]
    switch kind {
    case .int: choices = ["row.i", "(row.io or 0)", "(state.n or 0)", "#state.lots", "3", "7", "-1", "(row.i % 10)"]
    case .float: choices = ["row.f", "0.5", "2.5e3", "(row.i / 4)", "1e15", "float(row.m)"]
    case .decimal:
      choices = [
        "row.m", "row.p", "row.q", "(row.mo or 0)", "(state.total or 0)", "decimal(\"0.25\")", "row.m", "row.p",
      ]
    case .text:
      choices = ["row.s", "(row.so or \"none\")", "\"a\"", "(state.name or \"\")", "RATES.names.low", "\"\""]
    case .bool:
      choices = ["row.b", "true", "state.flag", "row.so", "row.mo ~= nil", "(state.n or 0) > 2", "row.s == \"a\""]
    case .date: choices = ["row.d", "(row.do_ or row.d)", "(state.at or row.d)", "date(2024, 1, 31)"]
    case .timestamp: choices = ["row.z", "row.z"]
    }
    let chosen = random.pick(choices)
    return isFinishing && chosen.contains("row.") ? final(kind) : chosen
  }

  /// What the end of a key has in place of a row.
  private mutating func final(_ kind: Kind) -> String {
    switch kind {
    case .int: random.pick(["(state.n or 0)", "#state.lots", "7"])
    case .float: "0.25"
    case .decimal: random.pick(["(state.total or 0)", "decimal(3)"])
    case .text: "(state.name or \"\")"
    case .bool: "state.flag"
    case .date: "(state.at or date(2024, 1, 31))"
    case .timestamp: "nil"
    }
  }

  private mutating func int(_ depth: Int) -> String {
    let (a, b) = (expression(.int, depth - 1), expression(.int, depth - 1))
    switch random.below(9) {
    case 0, 1, 2: return "(\(a) \(random.pick(["+", "-", "*"])) \(b))"
    case 3: return "(\(a) \(random.pick(["//", "%"])) \(random.once(in: 4) ? b : "7"))"
    case 4: return "math.\(random.pick(["min", "max"]))(\(a), \(b))"
    case 5: return "(\(expression(.date, 0)) - \(expression(.date, 0)))"
    case 6: return "(\(leaf(.date))).\(random.pick(["year", "quarter", "month", "day"]))"
    case 7: return "(-\(a))"
    default: return "math.abs(\(a))"
    }
  }

  private mutating func float(_ depth: Int) -> String {
    let (a, b) = (expression(.float, depth - 1), expression(random.once(in: 2) ? .int : .float, depth - 1))
    switch random.below(5) {
    case 0, 1: return "(\(a) \(random.pick(["+", "-", "*", "/", "^"])) \(b))"
    case 2: return "(\(a) \(random.pick(["//", "%"])) \(b))"
    case 3: return "half(\(expression(.int, depth - 1)))"
    default: return "math.\(random.pick(["min", "max"]))(\(a), \(b))"
    }
  }

  private mutating func decimal(_ depth: Int) -> String {
    let (a, b) = (expression(.decimal, depth - 1), expression(number(), depth - 1))
    switch random.below(14) {
    case 0, 1, 2: return "(\(a) + \(b))"
    case 3, 4: return "(\(a) - \(b))"
    case 5: return "\(a) * \(b)"
    case 6: return "(\(a) / \(b))"
    case 7: return "math.\(random.pick(["min", "max"]))(\(a), \(b))"
    case 8: return "math.\(random.pick(["abs", "floor", "ceil"]))(\(a))"
    case 9:
      let mode = random.pick([
        "", ", \"half_up\"", ", \"down\"", ", \"ceiling\"", ", \"floor\"", ", \"up\"", ", \"half_down\"",
      ])
      return "round(\(a), \(random.below(4))\(mode))"
    case 10: return "(\(condition(1)) and \(a) or \(b))"
    case 11: return "half(\(a))"
    case 12: return random.pick(["(ratio(\(a), \(b)) or 0)", "mul_div(\(a), 3, 7, 4)", "div(\(a), 3, 2)"])
    default: return "(-\(a))"
    }
  }

  private mutating func text(_ depth: Int) -> String {
    switch random.below(6) {
    case 0: return "(\(expression(.text, depth - 1)) .. \(expression(random.once(in: 2) ? .int : .text, 0)))"
    case 1: return "(\(condition(1)) and \(leaf(.text)) or \(leaf(.text)))"
    case 2: return "tostring(\(expression(random.pick(Kind.allCases), 0)))"
    case 3: return "upper(\(expression(.text, depth - 1)))"
    case 4: return "(RATES.names[\(expression(.text, 0))] or \"low\")"
    default: return leaf(.text)
    }
  }

  private mutating func bool(_ depth: Int) -> String {
    let compared = random.pick(["<", "<=", ">", ">=", "==", "~="])
    switch random.below(9) {
    case 0:
      let order = random.pick(["<", "<=", ">", ">="])
      return "(\(expression(.decimal, depth - 1)) \(order) \(expression(number(), depth - 1)))"
    case 1: return isFinishing ? "state.flag" : "(\(random.pick(["row.m", "row.q"])) \(compared) row.p)"
    case 2:
      return "(\(expression(.int, depth - 1)) \(compared) \(expression(random.once(in: 2) ? .int : .float, depth - 1)))"
    case 3: return "(\(expression(.text, depth - 1)) \(compared) \(expression(.text, 0)))"
    case 4: return "(\(expression(.date, 0)) \(compared) \(expression(random.once(in: 3) ? .timestamp : .date, 0)))"
    case 5: return "eq(\(expression(.decimal, 0)), \(expression(number(), 0)))"
    case 6: return "is_nil(\(leaf(random.pick(Kind.allCases))))"
    case 7: return "(\(expression(.bool, depth - 1)) == \(expression(.bool, 0)))"
    default: return "(\(condition(depth - 1)) or \(condition(depth - 1)))"
    }
  }
}
