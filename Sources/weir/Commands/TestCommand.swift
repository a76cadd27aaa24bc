import ArgumentParser
import Diagnostics
import LuaHost
import LuaPlugins
import Memory
import Planning

struct TestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Run the tests of plugins: every NAME.test.yaml beside its Lua file.",
    discussion: """
      PATH is a plugin, a folder of plugins, or one test file. Cases are run as they stand, and their rows forwards and \
      backwards; properties are tried on generated rows, and one that does not hold is shown with the smallest row that \
      was found. Exit code 3 where something fails.
      """)

  @Argument(help: "Where to look.")
  var path = "Plugins"

  @OptionGroup var lua: LuaOptions

  @OptionGroup var options: TestOptions

  @Flag(help: "Say which lines of the Lua files the tests have run. Everything is interpreted then.")
  var coverage = false

  @Flag(help: "Print the results as JSON on stdout.")
  var json = false

  func run() throws {
    let start = ContinuousClock.now
    let files = try testFiles(path)
    if files.isEmpty {
      throw RunFailure(.missingFile, "there is no NAME.test.yaml in '\(path)'")
    }
    var plugins: [String: PluginUnderTest] = [:]
    var result = PluginTestFile.Result()
    for file in files {
      let folder = PluginTestFile.pluginFolder(of: file)
      let plugin = try plugins[folder] ?? PluginUnderTest(folder, lua: lua, covers: coverage)
      plugins[folder] = plugin
      let own = try PluginTestFile(path: file, plugin, options).run()
      result.passed += own.passed
      result.properties += own.properties
      result.failures += own.failures
    }
    for plugin in plugins.values.sorted(by: { $0.folder < $1.folder }) { LogText.write(plugin.plugins.log) }
    let seconds = (ContinuousClock.now - start).inSeconds
    let covered = try coverage ? plugins.values.sorted { $0.folder < $1.folder }.flatMap { try $0.covered() } : nil
    if json {
      print(TestReport(result, options, seconds: seconds, coverage: covered).json.text, terminator: "")
    } else {
      Failure.write(result.failures.map(\.diagnostic))
      for file in covered ?? [] { print(TestReport.line(of: file)) }
      print("\(result.passed) passed, \(result.failures.count) failed")
      let noun = result.properties == 1 ? "property" : "properties"
      let tried = result.properties == 0 ? "" : ", \(result.properties) \(noun) tried (seed \(options.seed))"
      Terminal.error("\(files.count) \(files.count == 1 ? "file" : "files")\(tried), \(seconds) s")
    }
    if !result.failures.isEmpty { throw Ended(code: 3) }
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

/// How properties are tried.
struct TestOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Where the generated rows start: the same seed gives the same rows.", valueName: "N"))
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("How many rows each property is tried on.", valueName: "N"))
  var rows = 200
}

/// A plugin's folder, read once for all of its tests.
struct PluginUnderTest {
  let folder: String
  let plugins: PluginCatalogue
  let interpreted: PluginCatalogue
  private let coverage: LuaCoverage?

  init(_ folder: String, lua: LuaOptions, covers: Bool) throws {
    self.folder = folder
    coverage = covers ? LuaCoverage() : nil
    var bag = DiagnosticBag()
    let place = SourceFile(path: folder, text: "").span(0..<0)
    interpreted = PluginLoader.load(
      folder: folder, at: place, lua: .interpreter, limits: lua.limits, coverage: coverage, &bag)
    try bag.throwIfErrors()
    plugins =
      covers ? interpreted : PluginLoader.load(folder: folder, at: place, lua: lua.path, limits: lua.limits, &bag)
    try bag.throwIfErrors()
  }

  func covered() throws -> [ScriptCoverage] {
    try coverage.map { try ScriptCoverage.files(ofPluginAt: folder, $0) } ?? []
  }
}

extension PluginTestFile {
  /// `PLUGIN/KIND/NAME.test.yaml` stands in PLUGIN.
  static func pluginFolder(of path: String) -> String {
    let plugin = path.folderOfPath.folderOfPath
    return plugin.isEmpty ? "." : plugin
  }

  init(path: String, _ plugin: PluginUnderTest, _ options: TestOptions) throws {
    self.init(
      file: SourceFile(path: path, text: try TextFile.read(path)), plugins: plugin.plugins,
      kind: path.folderOfPath.nameOfPath,
      subject: "\(plugin.plugins.identities.first?.name ?? "").\(path.nameOfPath.dropLast(".test.yaml".count))",
      interpreted: plugin.interpreted, folder: plugin.folder, options: options)
  }
}

extension Duration {
  /// To the hundredth.
  fileprivate var inSeconds: String {
    let hundredths = Int(components.seconds) * 100 + Int(components.attoseconds / 10_000_000_000_000_000)
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}
