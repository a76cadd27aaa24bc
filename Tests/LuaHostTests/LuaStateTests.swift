import Columns
import Foundation
import Testing

@testable import LuaHost

@Suite struct LuaStateTests {
  func value(_ source: String) throws -> LuaValue { try LuaState(name: "test").load(source, path: "test.lua") }

  func decimal(_ text: String) throws -> LuaValue { .decimal(try #require(ExactDecimal(text))) }

  @Test func decimalsAreExactAndKeepTheirRules() throws {
    #expect(try value("return decimal('0.1') + decimal('0.2')") == decimal("0.3"))
    #expect(try value("return decimal('100.00') * 0.15") == decimal("15"))
    #expect(try value("return decimal('1') / 3") == decimal("0.333333333333333333"))
    #expect(try value("return decimal('1.50') == decimal('1.5')") == .bool(true))
    #expect(try value("return decimal('2') < 2.5 and 3 >= decimal('3.00')") == .bool(true))
    #expect(try value("return -decimal('2') - 1") == decimal("-3"))
    #expect(try value("return tostring(decimal('-0.050'))") == .string("-0.05"))
    #expect(try value("return round(decimal('2.345'), 2) + math.floor(decimal('-1.5'))") == decimal("0.34"))
    #expect(try value("return string.format('%.2f|%5s', decimal('1.005'), 'ab')") == .string("1.00|   ab"))
  }

  @Test(arguments: [
    ("return decimal('5') // 2", "div("), ("return decimal('1') .. 'x'", "tostring"),
    ("return decimal('1') * (1/3)", "15 digits"), ("return decimal('1') + nil", "nil"),
    ("return decimal('1e5')", "not a number"), ("return decimal('1') / 0", "zero"),
    ("local x <close> = nil", "to-be-closed"), ("math.huge = 1", "read-only"),
  ])
  func aMistakeSaysWhatToDo(_ source: String, _ part: String) {
    let failure = #expect(throws: LuaFailure.self) { try value("\n" + source) }
    #expect(failure?.message.contains(part) == true, "\(failure?.message ?? "")")
    #expect(failure?.path == "test.lua")
  }

  @Test func hexadecimalWordsAreExact() throws {
    let word = String(repeating: "0", count: 42) + "cecb8f27f4200f3a000000"
    #expect(try value("return from_hex('0x\(word)', 18)") == decimal("250000000"))
    #expect(try value("return from_hex('fF')") == decimal("255"))
    #expect(try value("return from_hex(nil)") == .nil)
    for (text, part) in [
      ("0x", "no hexadecimal"), ("0xg", "no hexadecimal"), (String(repeating: "f", count: 64), "38"),
    ] {
      let failure = #expect(throws: LuaFailure.self) { try value("return from_hex('\(text)')") }
      #expect(failure?.message.contains(part) == true, "\(failure?.message ?? "")")
    }
  }

  @Test func listsAndMissingValuesAreAskedAsInExpressions() throws {
    #expect(try value("return len({ 'a', 'b' })") == .int(2))
    #expect(try value("return contains({ 1, 2.5 }, decimal('2.50'))") == .bool(true))
    #expect(try value("return contains({ 'a' }, 'b')") == .bool(false))
    #expect(try value("return is_nil(nil) and not is_nil(false)") == .bool(true))
    #expect(try value("return unit(decimal('1.50'), 'USD')") == decimal("1.5"))
    #expect(try value("return float(decimal('0.1')) + 0.2") == .float(0.1 + 0.2))
  }

  @Test func datesCountAndCompare() throws {
    #expect(try value("return date(2026,3,1) - date('2026-02-01')") == .int(28))
    #expect(
      try value("local d = add_months(date('2026-01-31'), 1) return d.year + d.month + d.day + d.quarter")
        == .int(2026 + 2 + 28 + 1))
    #expect(try value("return tostring(date('2026-01-31') + 1)") == .string("2026-02-01"))
    #expect(try value("return date('2026-01-31') < '2026-02-01'") == .bool(true))
    #expect(try value("return #dates(date('2026-01-31'), date('2026-04-30'), 'month')") == .int(4))
  }

  @Test func tiersChargeSlicesOrTheWhole() throws {
    let tiers = "{ { up_to = 10000, rate = 0.15 }, { rate = 0.08 } }"
    #expect(try value("return graduated(12000, \(tiers))") == decimal("1660"))
    #expect(try value("return volume(12000, \(tiers))") == decimal("960"))
  }

  @Test func partsOfATotalSumToIt() throws {
    let sum = "local function sum(t) local n = decimal(0) for _, x in pairs(t) do n = n + x end return n end "
    #expect(
      try value("return allocate(100, { 1, 1, 1 })").asArray?.map(\.asDecimal)
        == ["33.34", "33.33", "33.33"].map { ExactDecimal($0) })
    #expect(
      try value("return allocate(decimal('-0.05'), { a = 0.5, b = 1 })")
        == .record([("a", decimal("-0.02")), ("b", decimal("-0.03"))]))
    #expect(
      try value(
        sum + "return sum(allocate(decimal('12345678901234567890.123456'), { 3, 0, 7.5, decimal('0.001') }, 6))")
        == decimal("12345678901234567890.123456"))
    #expect(try value("return allocate(nil, { 1 })") == .nil)
    for (call, part) in [
      ("allocate(decimal('1.005'), { 1 })", "round it first"), ("allocate(1, { -1 })", "below 0"),
      ("allocate(1, {})", "no weights"), ("allocate(1, { 0, 0 })", "all weights are 0"),
      ("allocate(1, { 'x' })", "not a string"), ("allocate(1, 2)", "a table of weights"),
      ("allocate(0, {})[1].x", "index a nil"),
    ] {
      let failure = #expect(throws: LuaFailure.self) { try value("return " + call) }
      #expect(failure?.message.contains(part) == true, "\(failure?.message ?? "")")
    }
  }

  @Test func textsMatchAsLuaDocumentsThem() throws {
    #expect(try value("return ('hello world'):gsub('o', '0')") == .string("hell0 w0rld"))
    #expect(try value("return ('key = value'):match('^(%w+)%s*=%s*(%w+)$')") == .string("key"))
    #expect(try value("local n = 0 for w in ('one two  three'):gmatch('%a+') do n = n + #w end return n") == .int(11))
    #expect(try value("return ('THE (quick) fox'):find('%((%a+)%)')") == .int(5))
    #expect(try value("return ('a.b'):find('.', 1, true)") == .int(2))
    #expect(try value("return (('abc'):gsub('', '-'))") == .string("-a-b-c-"))
    #expect(try value("return ('THE (quick) fox'):gsub('%f[%a]%a+', string.lower)") == .string("the (quick) fox"))
  }

  @Test func pairsAndSortHaveOneOrder() throws {
    #expect(
      try value("local o = {} for k in pairs{b=1,a=2,10,c=3} do o[#o+1]=tostring(k) end return table.concat(o, ' ')")
        == .string("1 a b c"))
    #expect(
      try value(
        "local t = {'b1','a1','b2','a2'} table.sort(t, function(x, y) return x:sub(1,1) < y:sub(1,1) end) return table.concat(t, ' ')"
      ) == .string("a1 a2 b1 b2"))
  }

  @Test func modulesAreRequiredWithinThePlugin() throws {
    let state = try LuaState(
      name: "m", settings: .record([("cap", .int(7))]),
      modules: ["lib.fees": "return { f = function(x) return x * settings.cap end }"])
    #expect(try state.load("local m = require 'lib.fees' return m.f(6)", path: "a.lua") == .int(42))
  }

  @Test func functionsKeepTheirNumbersInAnotherState() throws {
    let source =
      "local rate = 3 return fee_rule { fee = function(x) return x * rate end, also = function() return 1 end }"
    let (first, second) = (try LuaState(name: "1"), try LuaState(name: "2"))
    let rule = try first.load(source, path: "r.lua")
    _ = try second.load(source, path: "r.lua")
    let fee = try #require(rule["fee"].asFunction)
    #expect(rule["kind"] == .string("fee_rule"))
    #expect(fee.firstLine == 1 && fee.parameterCount == 1)
    #expect(try second.call(fee, [.int(14)]) == [.int(42)])
    #expect(try first.constants(of: fee).map(\.name) == ["rate"])
  }

  @Test func rowsThatRaiseAreNamedAndTheOthersStand() throws {
    let state = try LuaState(name: "rows")
    let f = try #require(
      try state.load(
        "return function(row, t)\n if row.n == 2 then error('two') end\n return row.price * t.rate, row.name end",
        path: "f.lua"
      ).asFunction)
    let mapped = try state.mapRows(
      f,
      arguments: [
        .row(
          names: ["n", "price", "name"],
          columns: [
            Column(.ints([1, 2, 3])), Column(.decimals64([1000, 2000, 3050], scale: 2)),
            Column(.texts(TextValues(["a", "b", "ü"]))),
          ]),
        .choice([.record([("rate", .float(0.1))]), .record([("rate", .float(0.2))])], [0, 1, 1]),
      ], count: 3,
      results: [
        LuaResult(name: "fee", type: .decimal(precision: 18, scale: 3)), LuaResult(name: "name", type: .string),
      ])
    #expect(mapped.columns[0].scalar(0) == .decimal(ExactDecimal(coefficient: 1000, scale: 3)))
    #expect(mapped.columns[0].scalar(2) == .decimal(ExactDecimal(coefficient: 6100, scale: 3)))
    #expect(mapped.columns[1].scalar(2) == .string("ü"))
    #expect(!mapped.columns[0].isPresent(1))
    #expect(
      mapped.failures.map(\.row) == [1] && mapped.failures.first?.line == 2 && mapped.failures.first?.message == "two")
  }

  @Test func groupsStepMergeAndFinish() throws {
    let state = try LuaState(name: "groups")
    let m = try state.load(
      "return metric { init = function() return { s = 0 } end, step = function(g, row) g.s = g.s + row.v end, merge = function(a, b) a.s = a.s + b.s end, finish = function(g) return g.s end }",
      path: "g.lua")
    let (initial, step) = (try #require(m["init"].asFunction), try #require(m["step"].asFunction))
    let (merge, finish) = (try #require(m["merge"].asFunction), try #require(m["finish"].asFunction))
    let row = LuaRowArgument.row(names: ["v"], columns: [Column(.ints([1, 2, 3, 4]))])
    let (a, b) = (try state.makeGroups(), try state.makeGroups())
    for groups in [a, b] {
      #expect(
        try state.step(groups, initial: initial, step: step, groupOfRow: [0, 1, 0, 1], groupCount: 2, arguments: [row])
          .isEmpty)
    }
    let units = try state.makeGroups()
    var states = try state.export(a, count: 2)
    states.append(try state.export(b, count: 2)[1])
    try state.import(states, into: units, at: [0, 1, 2])
    let merged = try state.combine(units, ends: [1, 3], merge: merge)
    let columns = try state.finish(
      merged, initial: initial, finish: finish, groupCount: 3, results: [LuaResult(name: "s", type: .int)])
    #expect((0..<3).map { columns[0].scalar($0) } == [.int(4), .int(12), .int(0)])
  }

  @Test func foldsEmitRejectAndEndKeys() throws {
    let state = try LuaState(name: "fold")
    let f = try state.load(
      "return fold { init = function() return { n = 0 } end, step = function(s, row, emit) if row.v == 0 then reject('zero') end if row.v < 0 then error('bad') end s.n = s.n + row.v emit { x = s.n } end, finish = function(s, emit) emit { x = s.n * 100 } end }",
      path: "f.lua")
    let folded = try state.fold(
      initial: try #require(f["init"].asFunction), step: try #require(f["step"].asFunction),
      finish: f["finish"].asFunction,
      keyOfRow: [0, 0, 0, 1, 1, 2], arguments: [.row(names: ["v"], columns: [Column(.ints([1, 0, 2, -1, 5, 7]))])],
      results: [LuaResult(name: "x", type: .int)])
    #expect(
      (0..<folded.columns[0].count).map { folded.columns[0].scalar($0) } == [
        .int(1), .int(3), .int(300), .int(7), .int(700),
      ])
    #expect(folded.sourceRows == [0, 2, 2, 5, 5])
    #expect(folded.failures.map(\.row) == [1, 3, 4] && folded.failures[0].kind == .rejected)
  }

  @Test func anErrorOfAGlobalOrRowNamesFileAndLine() throws {
    let failure = #expect(throws: LuaFailure.self) { try value("local x = 1\nlocal t = nil\nreturn t.a") }
    #expect(failure?.line == 3 && failure?.path == "test.lua" && failure?.kind == .runtime)
    #expect(failure?.message == "attempt to index a nil value (local 't')")
  }

  @Test func syntaxErrorsNameTheLine() throws {
    let failure = #expect(throws: LuaFailure.self) { try value("local x =\n\n)") }
    #expect(failure?.line == 3 && failure?.kind == .syntax && failure?.message == "unexpected symbol near ')'")
  }

  @Test func limitsAreFatalAndEndTheState() throws {
    let state = try LuaState(name: "limits", limits: LuaLimits(steps: 50_000))
    let failure = #expect(throws: LuaFailure.self) {
      try state.load("pcall(function() while true do end end) return 1", path: "x.lua")
    }
    #expect(failure?.kind == .instructions && failure?.isFatal == true)
    #expect(throws: LuaFailure.self) { try state.load("return 1", path: "y.lua") }
  }

  @Test func cancellationStopsACall() throws {
    let cancellation = LuaCancellation()
    cancellation.cancel()
    let state = try LuaState(name: "cancelled", cancellation: cancellation)
    let failure = #expect(throws: LuaFailure.self) { try state.load("while true do end", path: "x.lua") }
    #expect(failure?.kind == .deadline)
  }

  @Test func nilsListsAndUnnamedColumnsReachTheScript() throws {
    let state = try LuaState(name: "rows")
    let f = try #require(
      state.load(
        "return function(row, name) return row[name] or 0, row.tags, #row.tags > 1 and row.day or nil end",
        path: "f.lua"
      ).asFunction)
    let tags = Column(
      .lists(ListValues(ends: [2, 2], elements: Column(.texts(TextValues(["x", "y"]))))))
    let mapped = try state.mapRows(
      f,
      arguments: [
        .row(
          names: ["count", "tags", "day"],
          columns: [Column(.ints([5, 0]), present: [true, false]), tags, Column(.dates([20_000, 20_001]))]),
        .column(Column(.texts(TextValues(["count", "count"])))),
      ], count: 2,
      results: [
        LuaResult(name: "n", type: .int), LuaResult(name: "tags", type: .list(.string)),
        LuaResult(name: "day", type: .date, isNullable: true),
      ])
    #expect(mapped.failures.isEmpty)
    #expect(mapped.columns[0].scalar(0) == .int(5) && mapped.columns[0].scalar(1) == .int(0))
    #expect(
      mapped.columns[1].scalar(0) == .list([.string("x"), .string("y")]) && mapped.columns[1].scalar(1) == .list([]))
    #expect(mapped.columns[2].scalar(0) == .date(CalendarDate(days: 20_000)) && mapped.columns[2].scalar(1) == .missing)
  }

  @Test func decimalsInLuaAgreeWithTheArithmeticOfColumns() throws {
    let state = try LuaState(name: "law")
    let f = try #require(
      state.load("return function(a, b) return a + b, a - b, a * b, a < b, a == b end", path: "f.lua").asFunction)
    var random = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      let bits = Int.random(in: 1...58, using: &random)
      func any() -> ExactDecimal {
        ExactDecimal(
          coefficient: Int128(Int64.random(in: -(1 << bits)...(1 << bits), using: &random)),
          scale: Int.random(in: 0...18, using: &random))
      }
      let (a, b) = (any(), any())
      let scale = max(a.scale, b.scale)
      guard let x = a.rescaledExactly(to: scale), let y = b.rescaledExactly(to: scale),
        let product = DecimalArithmetic.multiply(a.coefficient, b.coefficient)
      else { continue }
      let expected: [LuaValue] = [
        .decimal(ExactDecimal(coefficient: x.coefficient + y.coefficient, scale: scale)),
        .decimal(ExactDecimal(coefficient: x.coefficient - y.coefficient, scale: scale)),
        .decimal(ExactDecimal(coefficient: product, scale: a.scale + b.scale)), .bool(a < b), .bool(a == b),
      ]
      #expect(try state.call(f, [.decimal(a), .decimal(b)]) == expected)
    }
  }

  @Test func aFoldTakesBackWhatAFailingRowEmitted() throws {
    let state = try LuaState(name: "fold")
    let f = try state.load(
      "return fold { init = function() return {} end, step = function(s, v, emit) emit { x = v } if v == 2 then reject('two') end end }",
      path: "f.lua")
    let folded = try state.fold(
      initial: try #require(f["init"].asFunction), step: try #require(f["step"].asFunction), finish: nil,
      keyOfRow: [0, 0, 0], arguments: [.column(Column(.ints([1, 2, 3])))], results: [LuaResult(name: "x", type: .int)])
    #expect(folded.sourceRows == [0, 2] && folded.columns[0].count == 2)
  }

  @Test func aResultOfAWrongTypeCannotBeCaught() throws {
    let state = try LuaState(name: "fold")
    let f = try state.load(
      "return fold { init = function() return {} end, step = function(s, v, emit) pcall(emit, { x = 1, y = 'no' }) end }",
      path: "f.lua")
    let (initial, step) = (try #require(f["init"].asFunction), try #require(f["step"].asFunction))
    let failure = #expect(throws: LuaFailure.self) {
      try state.fold(
        initial: initial, step: step, finish: nil, keyOfRow: [0], arguments: [.column(Column(.ints([1])))],
        results: [LuaResult(name: "x", type: .int), LuaResult(name: "y", type: .int)])
    }
    #expect(failure?.kind == .result && failure?.isFatal == true)
  }

  @Test(arguments: [("\u{1B}Lua compiled", "binary"), (String(repeating: "-- x\n", count: 60_000), "300000 bytes")])
  func aFileThatIsNotReadIsNamed(_ source: String, _ part: String) {
    let failure = #expect(throws: LuaFailure.self) { try value(source) }
    #expect(failure?.kind == .syntax && failure?.path == "test.lua" && failure?.message.contains(part) == true)
  }

  @Test func theLibraryIsDocumentedOnceByName() {
    #expect(Set(HostFunction.all.map(\.name)).count == HostFunction.all.count)
    #expect(
      HostFunction.all.allSatisfy { $0.manual.signature.hasPrefix($0.name + "(") && $0.manual.summary.hasSuffix(".") })
  }

  @Test func logLinesAndStepsAreReadAfterACall() throws {
    let state = try LuaState(name: "log")
    _ = try state.load("for i = 1, 5000 do end log('a', 1, decimal('1.50'))", path: "x.lua")
    #expect(state.takeLog().lines == [LuaLogLine(path: "x.lua", line: 1, text: "a 1 1.5")])
    #expect(state.takeLog().lines.isEmpty)
    #expect(state.stepsUsed >= 4000)
  }

  @Test func aFloodOfLogLinesIsCutAndCounted() throws {
    let state = try LuaState(name: "log", limits: LuaLimits(steps: 100_000_000))
    _ = try state.load("for i = 1, 20000 do log(i, ('x'):rep(1000), '\\n') end", path: "x.lua")
    let (lines, lost) = state.takeLog()
    #expect(lines.count + lost == 20000 && lost > 15000)
    #expect(lines.allSatisfy { $0.text.utf8.count <= 408 && $0.text.hasSuffix("...") })
  }

  /// Address Sanitizer keeps what was freed for a while; `make leaks` does the same there, and counts.
  @Test(.disabled(if: ProcessInfo.processInfo.environment["WEIR_SANITIZER"] != nil))
  func tenThousandStatesLeaveNoMemoryBehind() throws {
    func residentPages() throws -> Int {
      let text = try String(decoding: Data(contentsOf: URL(filePath: "/proc/self/statm")), as: UTF8.self)
      return try #require(Int(text.split(separator: " ")[1]))
    }
    for _ in 0..<500 { _ = try LuaState(name: "s").load("return { 1 }", path: "s.lua") }
    let before = try residentPages()
    for _ in 0..<10_000 { _ = try LuaState(name: "s").load("return { 1 }", path: "s.lua") }
    // One leaked state would be over 30 KB: 10,000 of them 300 MB.
    #expect(try residentPages() - before < 16_000)
  }
}
