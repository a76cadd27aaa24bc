import Diagnostics
import LuaPlugins

/// The results of `weir test` for machines.
struct TestReport {
  private let result: PluginTestFile.Result
  private let options: TestOptions
  private let seconds: String
  private let coverage: [ScriptCoverage]?

  init(_ result: PluginTestFile.Result, _ options: TestOptions, seconds: String, coverage: [ScriptCoverage]?) {
    self.result = result
    self.options = options
    self.seconds = seconds
    self.coverage = coverage
  }

  var json: JSONValue {
    var members: [(String, JSONValue)] = [
      ("passed", .int(result.passed)), ("failed", .array(result.failures.map(Self.object))),
      ("properties", .int(result.properties)), ("seed", .number(String(options.seed))), ("seconds", .number(seconds)),
    ]
    if let coverage {
      members.append(
        (
          "coverage",
          .array(
            coverage.map {
              .object([
                "file": .string($0.path), "lines": .int($0.lines.count), "run": .int($0.lines.count - $0.missed.count),
                "not_run": .array($0.missed.map { .int($0) }),
              ])
            })
        ))
    }
    return .object(members)
  }

  private static func object(_ failure: PluginTestFile.Failure) -> JSONValue {
    var members: [(String, JSONValue)] = [
      ("file", .string(failure.span.file.path)), ("line", .int(failure.span.line)),
      ("case", .string(failure.testCase)), ("message", .string(failure.message)),
    ]
    if let expected = failure.expected { members.append(("expected", .string(expected))) }
    if let actual = failure.actual { members.append(("actual", .string(actual))) }
    members += failure.notes.map { ($0.label.split(separator: " ").joined(separator: "_"), .string($0.text)) }
    return .object(members)
  }

  /// `p/fees/charge.lua: 5 of 7 lines run, not 6, 12`
  static func line(of file: ScriptCoverage) -> String {
    let run = file.lines.count - file.missed.count
    let missed = file.missed.isEmpty ? "" : ", not \(file.missed.map(String.init).joined(separator: ", "))"
    return "\(file.path): \(run) of \(file.lines.count) lines run\(missed)"
  }
}
