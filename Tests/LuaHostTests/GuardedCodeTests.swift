import Columns
import Testing

@testable import LuaHost

/// Comparisons and keys, before which the host writes instructions of its own: what Lua means otherwise stays.
@Suite struct GuardedCodeTests {
  @Test func errorsNameTheLineHoweverLongTheFunctionIs() throws {
    for failing in [2, 130, 257, 400, 799] {
      var lines = ["return function(t, key)"]
      for line in 2..<800 {
        lines.append(
          line == failing
            ? "  if t.d == 1 then return 0 end" : "  if t[key] == \(line) or t[key] ~= t[key] then return \(line) end")
        if line % 200 == 0 { lines[lines.count - 1] += String(repeating: "\n", count: 300) }
      }
      let state = try LuaState(name: "lines")
      let function = try #require(
        state.load((lines + ["end"]).joined(separator: "\n"), path: "long.lua").asFunction)
      let table = LuaValue.record([("x", .int(0)), ("d", .decimal(ExactDecimal(1)))])
      let failure = #expect(throws: LuaFailure.self) { try state.call(function, [table, .string("x")]) }
      #expect(failure?.line == failing + (failing - 1) / 200 * 300)
      #expect(failure?.message == "a decimal never equals a number in Lua: write eq(a, b)")
    }
  }

  @Test func jumpsLeadWhereTheyLed() throws {
    let state = try LuaState(name: "jumps")
    let source = """
      local function walk(list, wanted)
        local steps = {}
        for i = 1, #list do
          for j, other in ipairs(list) do
            if other == list[i] and j ~= i then goto next end
            while steps[i] ~= nil do
              steps[i] = steps[i] == 3 and "x" or nil
              if steps[i] == "x" then break end
            end
          end
          steps[#steps + 1] = list[i] ~= wanted and i == 2 and "two" or list[i] == wanted
          ::next::
        end
        repeat local last = steps[#steps] == false until last == (steps[1] == steps[#steps]) or true
        return steps[1], steps[2], steps[3] == nil, not (wanted == list[2]), (wanted == list[1]) == true
      end
      return { walk({ 5, 6, 7, 5 }, 7) }
      """
    #expect(
      try state.load(source, path: "walk.lua").asArray
        == [.string("two"), .bool(true), .bool(true), .bool(true), .bool(false)])
  }

  @Test func aStateKeepsDecimalsAndDatesAsKeys() throws {
    let state = try LuaState(name: "keys")
    let day = try #require(CalendarDate("2024-02-29"))
    let made = try state.load(
      "return { [date('2024-02-29')] = decimal('1.50'), [decimal('2.50')] = 1, [decimal('2.5')] = 2, [3] = 3 }",
      path: "k.lua")
    #expect(
      made
        == .table([
          (.int(3), .int(3)), (.decimal(try #require(ExactDecimal("2.5"))), .int(2)),
          (.date(day), .decimal(try #require(ExactDecimal("1.50")))),
        ]))
    let read = try #require(
      state.load("return function(t) return t[date('2024-02-29')], t[decimal('2.500')] end", path: "r.lua").asFunction)
    #expect(try state.call(read, [made]) == [.decimal(try #require(ExactDecimal("1.50"))), .int(2)])
  }

  @Test(arguments: [
    ("{ 1, nil, 3 }", "a value at 3 and none at 2"), ("{ [1] = 1, [3] = 2 }", "a value at 3 and none at 2"),
    ("{ a = 1 }", "the key 'a'"), ("{ 1, 2, n = 2 }", "the key 'n'"), ("{ [0] = 1, 2 }", "the key '0'"),
    ("{ 1, [1.5] = 2 }", "the key '1.5'"),
  ])
  func aListThatIsNoneIsNotCut(_ list: String, _ part: String) throws {
    let state = try LuaState(name: "lists")
    let function = try #require(state.load("return function(n) return \(list) end", path: "l.lua").asFunction)
    let results = [LuaResult(name: "tags", type: .list(.int))]
    var message = ""
    do throws(LuaFailure) {
      let mapped = try state.mapRows(function, arguments: [.column(Column(.ints([1])))], count: 1, results: results)
      message = mapped.failures.first?.message ?? ""
    } catch {
      message = error.message
    }
    #expect(message.contains("result 'tags' is to be a list") && message.contains(part), "\(message)")
  }
}
