import Columns
import Diagnostics
import LuaHost
import Memory
import Planning

/// A plugin's scripts, ready to be loaded into any number of states.
///
/// Every state loads the same files in the same order, so a function has the same number in each.
final class PluginScripts: Sendable {
  let name: String
  let version: String
  let files: PluginFiles
  let settings: [SettingValue]
  /// The settings that the pipeline gives, as it writes them.
  let given: [(name: String, text: String)]
  let limits: LuaLimits
  /// Limits that are lower than the manifest's, as `--limits` takes them.
  let loweredLimits: String?
  let path: LuaPath
  let costs: ScriptCosts
  /// Takes in which lines are run.
  let coverage: LuaCoverage?
  private let log: RunLog
  /// For looking at what functions read; made at first use.
  private let inspected = Guarded<Handover<LuaState>?>(nil)

  init(
    name: String, version: String, files: PluginFiles, settings: [SettingValue],
    given: [(name: String, text: String)] = [], limits: LuaLimits,
    loweredLimits: String? = nil, path: LuaPath, log: RunLog, costs: ScriptCosts,
    coverage: LuaCoverage? = nil
  ) {
    self.coverage = coverage
    self.loweredLimits = loweredLimits
    self.given = given
    self.name = name
    self.version = version
    self.files = files
    self.settings = settings
    self.limits = limits
    self.path = path
    self.log = log
    self.costs = costs
  }

  /// `network 0.1.0`, as reports name the source of a figure.
  var source: String { "\(name) \(version)" }

  /// The worker's state of this plugin.
  func state(_ context: WorkerContext) throws -> LuaState {
    try context.kept("plugin \(name)") { try makeState() }
  }

  /// Looks into a state in which nothing runs.
  func inspecting<Result: Sendable>(_ look: (LuaState) -> Result) -> Result? {
    inspected.withLock { kept in
      if kept == nil { kept = (try? makeState()).map { Handover($0) } }
      return kept.map { look($0.value) }
    }
  }

  /// States between two calls: what belongs to no worker takes one for as long as it needs it.
  private let idle = Guarded<[Handover<LuaState>]>([])

  /// A state that nobody else uses until it is given back. One in which something failed is not given back.
  func takeState() throws -> LuaState { try idle.withLock({ $0.popLast() })?.value ?? makeState() }

  func giveBack(_ state: LuaState) {
    // A state tells which lines it ran when it goes.
    if coverage != nil { return }
    let handed = Handover(state)
    idle.withLock { $0.append(handed) }
  }

  /// Lends a state for one call. Throws what `body` throws.
  func withState<Result>(_ body: (LuaState) throws -> Result) throws -> Result {
    let state = try takeState()
    let result = try body(state)
    giveBack(state)
    return result
  }

  func makeState() throws -> LuaState {
    do throws(LuaFailure) {
      let state = try emptyState()
      for script in files.scripts where script.kind != .modules {
        _ = try state.load(script.file.text, path: script.chunkName)
      }
      // What files say while they load, each state hears.
      let (name, log) = (name, log)
      state.onLog = { lines, lost in
        let base = RunLog.position
        for line in lines {
          let position = line.order.flatMap { order in base.map { $0 + Int128(order) } }
          log.note(plugin: name, file: line.path, line: line.line, text: line.text, position: position)
        }
        if lost > 0 { log.note(plugin: name, file: "", line: 0, text: nil, times: lost) }
      }
      return state
    } catch {
      throw RunFailure(diagnostic(error))
    }
  }

  /// Loads each file and gives what it returns; failures are reported and leave their file out.
  func definitions(_ bag: inout DiagnosticBag) -> [(script: PluginFiles.Script, value: LuaValue)] {
    var found: [(script: PluginFiles.Script, value: LuaValue)] = []
    do throws(LuaFailure) {
      let state = try emptyState()
      for script in files.scripts where script.kind != .modules {
        do throws(LuaFailure) {
          found.append((script, try state.load(script.file.text, path: script.chunkName)))
        } catch {
          bag.report(diagnostic(error))
        }
      }
    } catch {
      bag.report(diagnostic(error))
    }
    return found
  }

  private func emptyState() throws(LuaFailure) -> LuaState {
    let modules = files.scripts.filter { $0.kind == .modules }.map { ($0.name, $0.file.text) }
    return try LuaState(
      name: name, limits: limits, settings: .record(settings.map { ($0.name, LuaValue($0.value)) }),
      modules: Dictionary(modules, uniquingKeysWith: { first, _ in first }), coverage: coverage)
  }

  /// The file that Lua names; a long name it cuts at the front.
  func file(calledByLua name: String) -> SourceFile? {
    let end = name.hasPrefix("...") ? name.dropFirst(3) : name[...]
    return files.scripts.first { $0.chunkName.hasSuffix(end) }?.file
  }
}
