import Columns
import Diagnostics
import Foundation
import Planning
import Testing

@testable import LuaPlugins

/// Rules on which the columnar path and the interpreter once differed.
@Suite struct PathAgreementTests {
  /// Columns that the rules read, two rows.
  static let columns: [(name: String, type: ValueType, values: [Scalar])] = [
    ("i", ValueType(.int), [.int(.max), .int(0)]),
    ("f", ValueType(.float), [.float(-0.0), .float(1e300)]),
    ("s", ValueType(.string), [.string("\u{C9}mile"), .string(" 12 ")]),
    ("d", ValueType(.date), [.date(CalendarDate("2024-02-29")!), .date(CalendarDate("0001-01-01")!)]),
    (
      "at", ValueType(.timestamp), [.timestamp(Instant("2024-02-29T12:00:00Z")!), .timestamp(Instant(microseconds: 0))]
    ),
    (
      "m", ValueType(.decimal(precision: 38, scale: 18)),
      ["99999999999999999999.999999999999999999", "-2.5"].map { .decimal(ExactDecimal($0)!) }
    ),
    ("tags", ValueType(.list(.string)), [.list([.string("a"), .string("b")]), .list([])]),
  ]

  /// What a rule's body gives for each row, or `! ` and the message without the row's inputs.
  static func results(of body: String, _ path: LuaPath) throws -> [String] {
    let used = columns.filter { body.contains("row.\($0.name)") }
    let inputs = used.map { "\($0.name) = \"\($0.type)\"" }.joined(separator: ", ")
    let file = """
      local TIERS = { { up_to = 10.5, rate = 0.1 }, { up_to = 20.5, rate = 0.2 }, { rate = 0.5 } }
      local function half(x) return x / 2 end
      local function tiered(x)
        return graduated(half(x), TIERS)
      end
      local function depth(x)
        if x > 0 then return 1 + depth(x - 1) end
        return 0
      end
      local ODD = { [3] = 9, [date("2024-02-29")] = 7, [true] = 11 }
      local TOOLS = { rate = 2, deep = depth, 5 }
      return metric { name = "rule", inputs = { \(inputs) }, aggregate = "count", value = function(row)
        \(body)
      end }
      """
    let folder = FileManager.default.temporaryDirectory.appending(path: "weir-paths-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(at: folder.appending(path: "metrics"), withIntermediateDirectories: true)
    try Data("name: p\nversion: 1.0.0\n".utf8).write(to: folder.appending(path: "plugin.yaml"))
    try Data(file.utf8).write(to: folder.appending(path: "metrics/rule.lua"))
    var bag = DiagnosticBag()
    let plugins = PluginLoader.load(
      folder: folder.path, at: SourceFile(path: "test", text: "").span(0..<0), lua: path, &bag)
    try bag.throwIfErrors()
    guard case .reduced(let value, _)? = plugins.metrics["p.rule"]?.form else { return ["no metric"] }
    do throws(InvalidInput) {
      let bound = try value.bind(used.map(\.type))
      return try run(bound, used.map { Column($0.values, of: $0.type.data) })
    } catch {
      return ["refused: \(error.diagnostics[0].code.rawValue)"]
    }
  }

  private static func run(_ bound: any BoundScript, _ columns: [Column]) throws(InvalidInput) -> [String] {
    do {
      let (results, problems) = try bound.makeInstance(WorkerContext()).map(columns, count: 2)
      return (0..<2).map { row in
        if let problem = problems.first(where: { $0.row == Int32(row) }) {
          return "! " + problem.message.replacing("plugin 'p': ", with: "").prefix { $0 != "," }
        }
        return results[0].scalar(row).text
      }
    } catch let failure as RunFailure {
      return ["stopped: \(failure.diagnostic.message)"]
    } catch {
      return ["\(error)"]
    }
  }

  @Test(arguments: [
    // Ints wrap, as Lua has it; what is computed and not used raises all the same.
    ("return row.i + 1", ["-9223372036854775808", "1"]),
    ("return row.i * -2 // -1", ["-2", "0"]),
    ("local unused = 1 // row.i return 7", ["7", "! attempt to divide by zero"]),
    ("if 1 // row.i then return 7 end return 8", ["7", "! attempt to divide by zero"]),
    ("local function k(x) return 7 end return k(1 // row.i)", ["7", "! attempt to divide by zero"]),
    ("return one_of(7, 7, 1 // row.i)", ["true", "! attempt to divide by zero"]),
    ("return (1 // row.i) ~= nil", ["true", "! attempt to divide by zero"]),
    ("local function two(x) return x, x + 1 end local a, b = two(row.i) return b", ["-9223372036854775808", "1"]),
    (
      "return false and 2.5 or row.f ^ 2", ["0.0", "! result 'value' is to be a float: the script gave an infinity"]
    ),
    ("local function two(x) return x, 5 end return math.min(two(row.i)) + math.min((two(7)))", ["12", "7"]),
    ("return TOOLS.rate * (row.i % 5) + TOOLS[1] + (TOOLS['1'] or 100) + (TOOLS[true] or 10)", ["119", "115"]),
    // Floats.
    ("return tostring(-0.0) .. tostring(math.abs(row.f))", ["-0.00.0", "-0.01e+300"]),
    ("return tostring(1 / 3) .. tostring(0 / 0)", ["0.33333333333333nan", "0.33333333333333nan"]),
    ("return math.floor(row.f) < 1", ["true", "false"]),
    ("return row.f < math.huge and row.i >= math.mininteger", ["true", "true"]),
    ("return eq(4611686018427387904, 4611686018427387904.0) and row.i > 5", ["true", "false"]),
    ("local none return one_of(row.m, 1, none) or eq(none, nil) and row.i > 0", ["true", "false"]),
    ("return is_nil(row.f) or float(row.i) > 1", ["true", "false"]),
    ("return ratio(row.i, 0.5) or 0.0", ["1.8446744073709552e+19", "0.0"]),
    // Texts are bytes.
    ("return len(row.s)", ["6", "4"]),
    ("return upper(row.s) .. '|' .. trim(row.s)", ["\u{C9}MILE|\u{C9}mile", " 12 |12"]),
    ("return row.s:sub(1, 1) == ' '", ["false", "true"]),
    ("return sub(row.s, 1, 1)", ["! sub: the text is cut inside a character", " "]),
    ("return len(row.tags) + (contains(row.tags, 'b') and 10 or 0)", ["12", "0"]),
    // Dates.
    ("return add_months(row.d, row.i)", ["! add_months: 9223372036854775807 months leave the calendar", "0001-01-01"]),
    ("return row.d - '2024-02-28'", ["1", "-738943"]),
    ("return row.d <= row.at and row.at - row.d < 1 or eq(row.at, row.d)", ["true", "false"]),
    ("return len(dates(row.d, row.d + 1, 'month'))", ["2", "1"]),
    // Decimals.
    ("return row.m + row.m", ["! the exact result needs more than 38 digits", "-5"]),
    ("return math.floor(row.m) / 4", ["24999999999999999999.75", "-0.75"]),
    ("return round(row.i, 2) // 2", ["4611686018427387903", "0"]),
    ("return graduated(row.i % 100 - row.m * 0, TIERS)", ["0.7", "0"]),
    (
      "return graduated(row.m, { { rate = 0.5 } })",
      ["! graduated: the exact result needs more than 38 digits", "-1.25"]
    ),
    ("return math.max(-row.m, 0.1) * 0.3", ["0.03", "0.75"]),
    ("return graduated(row.i // 1000000000000000000, TIERS)", ["0.9", "0"]),
    ("return tiered(-row.m * 8) - 2", ["! the exact result needs more than 38 digits", "-1"]),
    ("return decimal(row.s) or 0", ["! decimal: '\u{C9}mile' is not a number", "! decimal: ' 12 ' is not a number"]),
  ])
  func bothPathsSayTheSame(_ body: String, _ expected: [String]) throws {
    let (columnar, interpreted) = (try Self.results(of: body, .columnar), try Self.results(of: body, .interpreter))
    #expect(columnar == expected, "\(columnar)")
    #expect(interpreted == expected, "\(interpreted)")
  }

  /// What Lua would answer with a silent false, or with another type in some rows, is refused on both paths.
  @Test(arguments: [
    ("return row.d == '2024-02-29'", "type-mismatch"), ("return row.tags == row.tags", "type-mismatch"),
    ("return (row.i > 0 and row.d or '2024-02-29')", "type-mismatch"),
    ("return row.m * 0.12345678901234567", "computed-float"),
    ("return (row.m > 0 and row.m or 0) == row.m", "decimal-equality"), ("return row.i, row.i", "type-mismatch"),
    ("return graduated(row.m, { { up_to = 5, rate = 1 }, { up_to = 5, rate = 0 }, { rate = 0 } })", "wrong-value"),
    ("return volume(row.m, { { up_to = 5, rate = 1 } })", "wrong-value"),
  ])
  func bothPathsRefuseTheSame(_ body: String, _ code: String) throws {
    #expect(try Self.results(of: body, .columnar) == ["refused: \(code)"])
    #expect(try Self.results(of: body, .interpreter) == ["refused: \(code)"])
  }

  @Test(arguments: [
    "return tostring(math.max(row.f, row.i))", "return (row.i > 0 and math.min(row.f, row.i) or 0.5) // row.i",
    "return 1 // (row.i > 0 and row.i or row.f)",
    "return -(row.m > 0 and row.m or math.mininteger)", "return (row.m > 0 and row.m or 1) / 3",
    "return tostring(row.m > 0 and row.m or 2.0)",
    "return row.s:rep(2)", "return depth(row.i)", "return (ODD[3] or 0) + row.i", "return TOOLS.deep and row.i or 0",
    "return (ODD[row.d] or 0) + 1", "return (ODD[date('2024-02-29')] or 0) + row.i", "return #ODD + row.i",
    "return TOOLS[1.0] + row.i", "local t = { [3] = 9 } return (t[3] or 0) + row.i", "return tonumber(row.s) or 0",
  ])
  func whatOnlyTheInterpreterCanTellIsNotColumnar(_ body: String) throws {
    #expect(try Self.results(of: body, .columnar) == ["refused: columnar-only"])
  }
}
