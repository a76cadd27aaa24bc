import ArgumentParser
import Diagnostics
import LuaHost
import LuaPlugins
import Memory
import Planning

struct TestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Run the cases of plugins: every NAME.test.yaml beside its Lua file.",
    discussion: "PATH is a plugin, a folder of plugins, or one test file. Exit code 3 where a case fails.")

  @Argument(help: "Where to look.")
  var path = "Plugins"

  @OptionGroup var lua: LuaOptions

  @Flag(help: "Print the results as JSON on stdout.")
  var json = false

  func run() throws {
    var passed = 0
    var failures: [PluginTestFile.Failure] = []
    let files = try testFiles(path)
    if files.isEmpty {
      throw RunFailure(.missingFile, "there is no NAME.test.yaml in '\(path)'")
    }
    for file in files {
      let test = try PluginTestFile(path: file, lua: lua.path, limits: lua.limits)
      defer { LogText.write(test.plugins.log) }
      let result = try test.run()
      passed += result.passed
      failures += result.failures
    }
    if json {
      print(
        JSONValue.object([
          "passed": .int(passed),
          "failed": .array(
            failures.map {
              .object([
                "file": .string($0.span.file.path), "line": .int($0.span.line), "case": .string($0.testCase),
                "message": .string($0.message),
              ])
            }),
        ]).text, terminator: "")
    } else {
      Failure.write(
        failures.map { Diagnostic(.checkFailed, "\($0.testCase): \($0.message)", at: $0.span) })
      print("\(passed) passed, \(failures.count) failed")
    }
    if !failures.isEmpty { throw Ended(code: 3) }
  }

  private func testFiles(_ path: String) throws -> [String] {
    if path.hasSuffix(".test.yaml") { return [path] }
    guard TextFile.isFolder(path) else { throw RunFailure(.missingFile, "there is no file or folder '\(path)'") }
    return try TextFile.names(inFolder: path).flatMap { name -> [String] in
      let inner = "\(path)/\(name)"
      if name.hasSuffix(".test.yaml") { return [inner] }
      return TextFile.isFolder(inner) ? try testFiles(inner) : []
    }
  }
}

extension PluginTestFile {
  /// - Parameter path: `PLUGIN/KIND/NAME.test.yaml`.
  init(path: String, lua: LuaPath, limits: LuaLimits) throws {
    let folder = path.folderOfPath
    let plugin = folder.folderOfPath.isEmpty ? "." : folder.folderOfPath
    var bag = DiagnosticBag()
    let file = SourceFile(path: path, text: try TextFile.read(path))
    let plugins = PluginLoader.load(folder: plugin, at: file.span(0..<0), lua: lua, limits: limits, &bag)
    try bag.throwIfErrors()
    let name = path.nameOfPath.dropLast(".test.yaml".count)
    self.init(
      file: file, plugins: plugins, kind: folder.nameOfPath,
      subject: "\(plugins.identities.first?.name ?? "").\(name)")
  }
}
