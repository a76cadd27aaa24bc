import Columns
import Foundation

/// Debian's own `lua5.4`, as a child process: what plain Lua makes of a rule.
struct StockInterpreter {
  let executable: URL

  /// nil where it is not installed.
  init?() {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
    let found = folders.map { URL(filePath: String($0)).appending(path: "lua5.4") }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    guard let found else { return nil }
    executable = found
  }

  enum Answer: Equatable {
    case value(Scalar)
    case failed(String)
  }

  struct Request {
    let rule: Rule
    let columns: [Column]
    let count: Int
  }

  /// What each rule gives for each of its rows.
  func answers(_ requests: [Request]) throws -> [[Answer]] {
    let scratch = FileManager.default.temporaryDirectory.appending(path: "weir-stock-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    let (script, out) = (scratch.appending(path: "rules.lua"), scratch.appending(path: "out"))
    try Data((Self.prelude + requests.map(Self.chunk).joined()).utf8).write(to: script)
    try Data().write(to: out)
    let process = Process()
    process.executableURL = executable
    process.arguments = [script.path]
    process.standardOutput = try FileHandle(forWritingTo: out)
    process.environment = ["LC_ALL": "C"]
    try process.run()
    process.waitUntilExit()
    let lines = try String(decoding: Data(contentsOf: out), as: UTF8.self).split(separator: "\n")
    var next = lines[...]
    return requests.map { request in
      let own = next.prefix(request.count).map { Self.answer($0) }
      next = next.dropFirst(request.count)
      return own
    }
  }

  private static let prelude = """
    local plain = tostring
    tostring = function(value) -- the sign of NaN is the machine's
      local text = plain(value)
      return text == "-nan" and "nan" or text
    end
    local function show(ok, value)
      if not ok then return "e" .. tostring(value):gsub("^[^\\n]-:%d+: ", ""):gsub("\\n", " ") end
      local kind = math.type(value)
      if kind == "integer" then return "i" .. value end
      if kind == "float" then return "f" .. string.format("%a", value) end
      if type(value) == "string" then
        return "s" .. value:gsub(".", function(c) return string.format("%02x", c:byte()) end)
      end
      return (type(value) == "boolean" and "b" or "n") .. tostring(value)
    end
    local function run(rule, rows)
      for _, row in ipairs(rows) do print((show(pcall(rule, row)))) end
    end

    """

  private static func chunk(_ request: Request) -> String {
    let names = request.rule.columns.map(\.name)
    var text = "do\n\(Rule.upvalues)\nrun(function(row)\n\(request.rule.bodyText)end, {\n"
    for row in 0..<request.count {
      let fields = zip(names, request.columns).map { "\($0) = \(literal($1.scalar(row)))" }
      text += "{\(fields.joined(separator: ", "))},\n"
    }
    return text + "})\nend\n"
  }

  private static func literal(_ scalar: Scalar) -> String {
    switch scalar {
    case .bool(let value): return value ? "true" : "false"
    case .int(let value): return "0x" + String(UInt64(bitPattern: value), radix: 16)
    case .float(let value):
      if value.isNaN { return "(-(0/0))" }  // on x86, 0/0 has its sign set
      if value.isInfinite { return value > 0 ? "(1/0)" : "(-1/0)" }
      return String(format: "%a", value)
    case .string(let value): return "\"" + value.utf8.map { "\\x" + String(format: "%02x", $0) }.joined() + "\""
    default: return "nil"
    }
  }

  private static func answer(_ line: Substring) -> Answer {
    let rest = String(line.dropFirst())
    switch line.first {
    case "i": return .value(Int64(rest).map { .int($0) } ?? .missing)
    case "f": return .value(.float(rest.contains("nan") ? .nan : Double(rest) ?? .nan))
    case "s":
      var bytes: [UInt8] = []
      var digits = rest[...]
      while digits.count >= 2 {
        bytes.append(UInt8(digits.prefix(2), radix: 16) ?? 0)
        digits = digits.dropFirst(2)
      }
      return String(validating: bytes, as: UTF8.self).map { .value(.string($0)) } ?? .failed("no UTF-8")
    case "b": return .value(.bool(rest == "true"))
    case "e": return .failed(rest)
    default: return .value(.missing)
    }
  }
}

extension StockInterpreter.Answer {
  /// Whether plain Lua says what a path said of the row; `type` is the result's.
  func agrees(with outcome: RowOutcome, _ type: DataType) -> Bool {
    switch (self, outcome) {
    case (.value(let stock), .value(let cells)):
      if case .int(let number) = stock, type == .float { return Cell(scalar: .float(Double(number))) == cells[0] }
      if case (.string(let text), .string(let own)) = (stock, cells[0].scalar) {
        // `..` of NaN writes the sign that the machine gave it.
        return text.replacingOccurrences(of: "-nan", with: "nan") == own.replacingOccurrences(of: "-nan", with: "nan")
      }
      return Cell(scalar: stock) == cells[0]
    case (.failed(let message), .failed(let own)): return message == "no UTF-8" || own.contains(message)
    case (.value(.float(let value)), .failed):
      // NaN, infinities and minus zero are no results; a float is none where an int is wanted.
      return type == .int || !value.isFinite || (value == 0 && value.sign == .minus)
    case (.value(.missing), .failed): return true
    default: return false
    }
  }
}
