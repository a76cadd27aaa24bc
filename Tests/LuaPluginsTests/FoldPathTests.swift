import Columns
import Diagnostics
import Foundation
import Planning
import Testing

@testable import LuaPlugins

/// Folds as people write them: which are compiled, which keys go back to the interpreter, and that both paths say the same.
@Suite struct FoldPathTests {
  /// Three keys of four rows each; in the last a price is missing.
  static let inputs: [(name: String, type: ValueType, values: [Scalar])] = [
    ("at", ValueType(.date), (0..<12).map { .date(CalendarDate(days: 19_800 + Int32($0) * 20)) }),
    (
      "quantity", ValueType(.decimal(precision: 38, scale: 18)),
      ["10", "5", "-12", "-1", "4", "-1.5", "6", "-2", "1", "1", "-1", "-1"].map { .decimal(ExactDecimal($0)!) }
    ),
    (
      "price", ValueType(.decimal(precision: 12, scale: 2), isNullable: true),
      (0..<12).map { $0 == 10 ? .missing : .decimal(ExactDecimal("\($0).25")!) }
    ),
    ("kind", ValueType(.string), ["buy", "sell"].flatMap { Array(repeating: .string($0), count: 6) }),
    ("n", ValueType(.int), (0..<12).map { .int(Int64($0)) }),
    (
      "usd", ValueType(.decimal(precision: 12, scale: 2), unit: Unit("USD")),
      (0..<12).map { .decimal(ExactDecimal($0)) }
    ),
    (
      "btrst", ValueType(.decimal(precision: 12, scale: 2), unit: Unit("BTRST")),
      (0..<12).map { .decimal(ExactDecimal($0)) }
    ),
  ]
  static let keyOfRow: [UInt32] = (0..<12).map { UInt32($0 / 4) }

  struct Result {
    var outcome: String
    var explanation: String
    var returned: Int
  }

  /// What a path makes of the rows, or why it does not.
  static func run(_ file: String, _ path: LuaPath, limits: String? = nil) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "weir-fold-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder.appending(path: "folds"), withIntermediateDirectories: true)
    let settings = "settings: { days: { type: int, default: 30 } }\n"
    try Data("name: p\nversion: 1.0.0\n\(settings)\(limits ?? "")".utf8).write(
      to: folder.appending(path: "plugin.yaml"))
    try Data(file.utf8).write(to: folder.appending(path: "folds/rule.lua"))
    var bag = DiagnosticBag()
    let plugins = PluginLoader.load(
      folder: folder.path, at: SourceFile(path: "test", text: "").span(0..<0), lua: path, &bag)
    try bag.throwIfErrors()
    plugins.costs.measure()
    guard let fold = plugins.folds["p.rule"] else { return Result(outcome: "no fold", explanation: "", returned: 0) }
    let bound: any BoundFold
    do throws(InvalidInput) {
      bound = try fold.script.bind(inputs.map(\.type))
    } catch {
      let first = error.diagnostics[0]
      return Result(outcome: "\(first.code.rawValue): \(first.message)", explanation: "refused", returned: 0)
    }
    var outcome: String
    do {
      let columns = inputs.map { Column($0.values, of: $0.type.data) }
      let folded = try bound.makeInstance(WorkerContext()).fold(columns, keyOfRow: keyOfRow)
      let rows = folded.sourceRows.enumerated().map { row, source in
        "\(source): \(folded.columns.map { $0.scalar(row).text }.joined(separator: " "))"
      }
      outcome = (rows + folded.problems.map { "! \($0.row): \($0.message)" }).joined(separator: "\n")
    } catch let failure as RunFailure {
      outcome = "stopped at \(failure.row ?? -1): \(failure.diagnostic.message)"
    }
    return Result(
      outcome: outcome.replacing(folder.path, with: ""), explanation: bound.explanation,
      returned: plugins.costs.all.first?.cost.returned ?? 0)
  }

  static func file(init initial: String = "{}", step: String, finish: String? = nil, locals: String = "") -> String {
    let inputs = inputs.map { "\($0.name) = \"\($0.type)\"" }.joined(separator: ", ")
    return """
      \(locals)
      return fold { name = "rule", inputs = { \(inputs) },
        outputs = { a = "decimal(38,18)?", b = "int?", c = "string?", d = "date?", e = "float?", f = "bool?" },
        init = function(settings) return \(initial) end,
        step = function(state, row, emit) \(step) end,
        \(finish.map { "finish = function(state, emit) \($0) end," } ?? "")
      }
      """
  }

  static let fifo = """
    local wanted = -row.quantity
    while wanted > 0 and state.lots[1] do
      local lot = state.lots[1]
      local used = math.min(lot.left, wanted)
      emit { a = used, d = lot.at, b = row.at - lot.at, f = row.at - lot.at > state.days }
      lot.left = lot.left - used
      wanted = wanted - used
      if lot.left <= 0 then table.remove(state.lots, 1) end
    end
    """

  /// What is compiled, and finishes all keys itself.
  static let compiled: [String: String] = [
    "a running balance": file(
      init: "{ balance = 0 }", step: "state.balance = state.balance + row.quantity emit { a = state.balance }"),
    "the greatest so far and since when": file(
      step: """
        if not state.most or row.quantity > state.most then state.most, state.at = row.quantity, row.at end
        emit { a = state.most, d = state.at, b = row.at - state.at }
        """),
    "first in, first out with table.remove": file(
      init: "{ lots = {}, days = settings.days }",
      step: """
        if row.quantity > 0 then
          state.lots[#state.lots + 1] = { left = row.quantity, at = row.at }
          return
        end
        \(fifo)
        """, finish: "for _, lot in ipairs(state.lots) do emit { a = lot.left, d = lot.at } end"),
    "first in, first out with table.insert": file(
      init: "{ lots = {}, days = 3 }",
      step: """
        if row.quantity > 0 then table.insert(state.lots, { left = row.quantity, at = row.at }) else \(fifo) end
        """),
    "first in, first out with head and tail": file(
      init: "{ lots = {}, head = 1, tail = 0 }",
      step: """
        local q = row.quantity
        if q > 0 then
          state.tail = state.tail + 1
          state.lots[state.tail] = { left = q, at = row.at }
        end
        while q < 0 and state.head <= state.tail do
          local lot = state.lots[state.head]
          if lot.left > -q then
            lot.left = lot.left + q
            q = decimal(0)
          else
            q = q + lot.left
            state.lots[state.head] = nil
            state.head = state.head + 1
          end
        end
        emit { b = state.tail - state.head + 1 }
        """),
    "last in, first out": file(
      init: "{ lots = {} }",
      step: """
        if row.quantity > 0 then table.insert(state.lots, row.quantity)
        elseif #state.lots > 0 then emit { a = table.remove(state.lots) } end
        """),
    "the last three": file(
      init: "{ last = {} }",
      step: """
        table.insert(state.last, 1, row.quantity)
        if #state.last > 3 then table.remove(state.last) end
        local sum = decimal(0)
        for i = 1, #state.last do sum = sum + state.last[i] end
        emit { a = round(sum / #state.last, 6), b = #state.last }
        """),
    "sessions": file(
      init: "{ number = 0 }",
      step: """
        if state.last == nil or row.at - state.last > 30 then
          state.number = state.number + 1
          state.started = row.at
        end
        state.last = row.at
        emit { b = state.number, d = state.started, c = "session " .. state.number }
        """),
    "levels of a table of constants": file(
      init: "{ total = decimal(0) }",
      step: """
        state.total = state.total + math.abs(row.quantity)
        local level = LEVELS[1].name
        for _, step in ipairs(LEVELS) do
          if state.total >= step.from then level = step.name else break end
        end
        if level ~= state.level then emit { c = level, a = rate_of(level) * 2 } state.level = level end
        """,
      locals: """
        local LEVELS = { { from = 0, name = "none" }, { from = 5, name = "silver" }, { from = 11, name = "gold" } }
        local RATES = { none = 0, silver = 0.05, gold = 0.1 }
        local function rate_of(level) return RATES[level] or 0 end
        """),
    "a key counts what a loop repeats": file(
      init: "{ n = 0 }",
      step: """
        local k = row.n
        repeat
          k = k // 2
          state.n = state.n + 1
        until k == 0
        """, finish: "emit { b = state.n, e = state.n / 4 }"),
    "functions on one line": """
    local function add(a, b) return a + b end local function twice(x) return add(x, x) end
    return fold { name = "rule", inputs = { at = "date", quantity = "decimal(38,18)", price = "decimal(12,2)?", kind = "string", n = "int", usd = "decimal(12,2) USD", btrst = "decimal(12,2) BTRST" }, outputs = { b = "int" }, init = function() return { n = 0 } end, step = function(s, row, emit) s.n = add(s.n, twice(row.n)) emit { b = s.n } end }
    """,
  ]

  @Test(arguments: compiled.keys.sorted())
  func isCompiledAndFinishesAllKeys(_ name: String) throws {
    let file = try #require(Self.compiled[name])
    let fast = try Self.run(file, .columnar)
    let slow = try Self.run(file, .interpreter)
    #expect(fast.explanation == "columnar" && fast.returned == 0)
    #expect(slow.explanation.hasPrefix("interpreted"))
    #expect(fast.outcome == slow.outcome && !fast.outcome.isEmpty && !fast.outcome.contains("!"))
  }

  /// What is compiled, and some of whose rows the interpreter decides.
  @Test(arguments: [
    // The last key has a row without a price.
    (file(init: "{ sum = 0 }", step: "state.sum = state.sum + row.price emit { a = state.sum }"), 4),
    (file(step: "if row.n == 5 then reject('five: ' .. row.kind) end emit { b = row.n }"), 4),
    (file(step: "if row.n == 5 then error('five') end emit { b = row.n }"), 4),
    (file(init: "{ n = 0 }", step: "state.n = row.n // (row.n - 9) emit { b = state.n }"), 4),
    (file(init: "{ t = { 1, 2, 3 } }", step: "if row.n > 7 then state.t[2] = nil end emit { b = #state.t }"), 4),
    (file(step: "if row.n == 2 then while true do end end emit { b = row.n }"), 4),
    (file(step: "emit { b = row.n == 3 and 1.5 or 2 }"), 4),
    (file(step: "emit { a = row.n == 3 and 0 / 0 or 2 }"), 4),
    (file(step: "for i = 1, 100000 do state.x = { state.x } end emit { b = 1 }"), 12),
    (file(init: "{ s = '' }", step: "for i = 1, 20000 do state.s = state.s .. 'x' end emit { b = #state.s }"), 12),
  ])
  func keysThatTheMachineDoesNotFinishGoBackAlone(_ file: String, _ rows: Int) throws {
    let limits = "limits: { steps: 300000 }\n"
    let fast = try Self.run(file, .columnar, limits: limits)
    let slow = try Self.run(file, .interpreter, limits: limits)
    #expect(fast.explanation == "columnar" && fast.returned == rows)
    #expect(fast.outcome == slow.outcome)
  }

  /// What is left to the interpreter as a whole, or refused.
  @Test(arguments: [
    ("state.before = row emit { b = 1 }", "the row itself is kept or handed on: name its fields"),
    ("for k, v in pairs(state) do emit { b = 1 } end", "loops over anything but ipairs(t) are left to the interpreter"),
    ("emit { c = string.format('%d', row.n) }", "'string.format' is a function of the interpreter"),
    ("local function f(x) return x > 0 and f(x - 1) or 0 end emit { b = f(3) }", "'f' calls itself"),
    ("log('x')", "'log' is a function of the interpreter"),
    ("emit { b = row.n & 1 }", "bitwise operators are left to the interpreter"),
  ])
  func isLeftToTheInterpreter(_ step: String, _ reason: String) throws {
    let file = Self.file(step: step)
    let whole = try Self.run(file, .auto)
    #expect(whole.explanation.hasPrefix("interpreted: \(reason)") && whole.explanation.contains("folds/rule.lua:5:"))
    let refused = try Self.run(file, .columnar)
    #expect(refused.outcome.hasPrefix("columnar-only: p.rule is not columnar: \(reason)"))
  }

  @Test(arguments: [
    ("emit { b = row.m }", "unknown-column: no input 'm'"),
    ("emit { g = 1 }", "unknown-column: emit: there is no output 'g'"),
    ("emit { b = row.kind }", "type-mismatch: emit gives 'b' no int, which it is to be"),
    ("emit { a = row.usd + row.btrst }", "unit-mismatch: USD and BTRST do not go together"),
    (
      "state.x = (state.x or 0) + row.usd if state.x > row.btrst then emit { b = 1 } end",
      "unit-mismatch: USD and BTRST do not go together"
    ),
    ("if row.at > 5 then emit { b = 1 } end", "type-mismatch: a day and a number do not go together"),
    ("if row.quantity == 0 then emit { b = 1 } end", "decimal-equality: in Lua, a decimal never equals a plain number"),
    (
      "state.lots = state.lots or { { left = row.quantity } } local lot = state.lots[1] if lot.left == 0 then emit {} end",
      "decimal-equality: in Lua, a decimal never equals a plain number"
    ),
    (
      "local function price(of) return of.usd end local p, q = price(row), row.btrst emit { f = p < q }",
      "unit-mismatch: USD and BTRST do not go together"
    ),
  ])
  func isWrongOnBothPaths(_ step: String, _ message: String) throws {
    for path in LuaPath.allCases { #expect(try Self.run(Self.file(step: step), path).outcome == message) }
  }
}
