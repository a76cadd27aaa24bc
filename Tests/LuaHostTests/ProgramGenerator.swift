/// Random Lua programs, by a grammar, so that most of them run: every kind of statement, the whole library, hostile values.
///
/// Lists get no holes, since what `#` says of those follows from addresses in Lua itself.
struct ProgramGenerator {
  private var state: UInt64
  private var names: [String] = []
  private var next = 0
  private var loops = 0

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

  private mutating func number(_ limit: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(limit))
  }

  private mutating func pick(_ texts: [String]) -> String { texts[number(texts.count)] }

  private static let values = [
    "0", "1", "-1", "2", "7", "0.5", "-0.0", "1e308", "1e-300", "0/0", "1/0", "math.maxinteger", "math.mininteger",
    "9007199254740993", "1e15", "nil", "true", "false", "''", "'a'", "'abc def'", "'10'", "'%d+'", "'\\255'",
    "'\\u{E9}'",
    "('x'):rep(50)", "decimal('1.50')", "decimal('-99999999999999999999')", "decimal('0.000001')", "date(2024, 2, 29)",
    "date('2026-01-31')", "{}", "{ 1, 2, 3 }", "{ a = 1, b = 'x' }", "settings",
  ]

  private static let functions = [
    "type", "tostring", "tonumber", "pcall", "error", "assert", "select", "ipairs", "pairs", "setmetatable", "log",
    "string.len", "string.sub", "string.lower", "string.reverse", "string.rep", "string.byte", "string.char",
    "string.find", "string.match", "string.gsub", "string.format", "table.concat", "table.unpack", "table.pack",
    "table.insert", "table.remove", "table.move", "table.sort", "math.max", "math.min", "math.abs", "math.floor",
    "math.ceil", "math.sqrt", "math.fmod", "math.type", "math.tointeger", "utf8.char", "utf8.len", "round", "div",
    "mul_div", "ratio", "decimal", "float", "eq", "is_nil", "one_of", "date", "add_months", "month", "dates", "lower",
    "trim", "len", "sub", "split", "replace", "contains", "concat", "graduated", "volume", "from_hex", "reject",
    "require",
  ]

  private mutating func expression(_ depth: Int) -> String {
    if depth <= 0 || number(4) == 0 {
      return names.isEmpty || number(2) == 0 ? pick(Self.values) : names[number(names.count)]
    }
    switch number(9) {
    case 0, 1:
      let operation = pick(["+", "-", "*", "/", "//", "%", "^", "..", "&", "|", "~", "<<", ">>"])
      return "(\(expression(depth - 1)) \(operation) \(expression(depth - 1)))"
    case 2:
      return "(\(expression(depth - 1)) \(pick(["<", "<=", "==", "~=", ">"])) \(expression(depth - 1)))"
    case 3: return "(\(expression(depth - 1)) \(pick(["and", "or"])) \(expression(depth - 1)))"
    case 4: return "\(pick(["-", "not ", "~"]))\(expression(depth - 1))"
    case 5, 6: return call(depth)
    case 7:
      let parameter = fresh()
      names.append(parameter)
      defer { names.removeLast() }
      return "(function(\(parameter), ...) return \(expression(depth - 1)) end)"
    default: return "(\(expression(depth - 1))).\(pick(["a", "x", "year", "price", "id"]))"
    }
  }

  private mutating func call(_ depth: Int) -> String {
    var arguments: [String] = []
    for _ in 0..<number(4) { arguments.append(expression(depth - 1)) }
    let function = number(8) == 0 && !names.isEmpty ? "(\(names[number(names.count)]))" : pick(Self.functions)
    return "\(function)(\(arguments.joined(separator: ", ")))"
  }

  private mutating func fresh() -> String {
    next += 1
    return "v\(next)"
  }

  private mutating func block(_ depth: Int, _ indent: String) -> String {
    let outer = names
    defer { names = outer }
    var text = ""
    for _ in 0...number(3) { text += statement(depth, indent) }
    return text
  }

  private mutating func statement(_ depth: Int, _ indent: String) -> String {
    let inner = indent + "  "
    switch depth <= 0 ? number(4) : number(11) {
    case 0, 1:
      let value = guarded()
      let name = fresh()
      names.append(name)
      return "\(indent)local \(name) = \(value)\n"
    case 2: return names.isEmpty ? "" : "\(indent)\(names[number(names.count)]) = \(guarded())\n"
    case 3: return "\(indent)pcall(function() return \(call(3)) end)\n"
    case 4:
      return
        "\(indent)if \(expression(2)) then\n\(block(depth - 1, inner))\(indent)else\n\(block(depth - 1, inner))\(indent)end\n"
    case 5:
      let (name, bounds) = (
        fresh(), pick(["1, 5", "3, 1, -1", "0.5, 2, 0.5", "math.maxinteger - 1, math.maxinteger", "1, 40"])
      )
      return "\(indent)for \(name) = \(bounds) do\n\(block(depth - 1, inner))\(indent)end\n"
    case 6:
      let (key, value, source) = (fresh(), fresh(), pick(["pairs", "ipairs"]))
      return
        "\(indent)for \(key), \(value) in \(source)({ \(expression(1)) or 1, a = \(expression(1)) }) do\n\(block(depth - 1, inner))\(indent)end\n"
    case 7:
      loops += 1
      return
        "\(indent)local n\(loops) = 0\n\(indent)while n\(loops) < \(number(30)) do\n\(inner)n\(loops) = n\(loops) + 1\n\(block(depth - 1, inner))\(indent)end\n"
    case 8:
      return
        "\(indent)pcall(function()\n\(block(depth - 1, inner))\(inner)error(\(expression(1)))\n\(indent)end)\n"
    case 9:
      let operation = pick([
        "__index", "__newindex", "__call", "__eq", "__lt", "__le", "__len", "__unm", "__add", "__metatable",
      ])
      let (body, name) = (expression(2), fresh())
      names.append(name)
      return
        "\(indent)local \(name) = setmetatable({ a = 1 }, { \(operation) = function(v0, v00) return \(body) end })\n"
    default:
      return
        "\(indent)do\n\(block(depth - 1, inner))\(inner)if \(expression(1)) then goto l\(next + 1000) end\n\(inner)::l\(next + 1000)::\n\(indent)end\n"
    }
  }

  /// An expression that most often has a value: what it raises is caught.
  private mutating func guarded() -> String {
    number(3) == 0 ? expression(2) : "select(2, pcall(function() return \(expression(3)) end))"
  }

  mutating func program() -> String {
    let file = block(2, "")
    // The file's locals are there for the function: what it takes from them it must not be able to change.
    names = []
    let shared = "local shared = { n = 1, list = { 3, 1, 2 }, f = function(x) return x end }\n"
    names = ["row.id", "row.price", "row.country", "row.day", "row.tags", "shared", "shared.list", "row"]
    let body = block(3, "  ").replacing("  row = ", with: "  row.id = ")
    return
      "\(file)\(shared)function fee(row)\n\(body)  return \(number(2) == 0 ? "row.price" : guarded())\nend\n"
  }
}
