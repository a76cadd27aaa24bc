import ArgumentParser
import Diagnostics
import LuaHost
import LuaPlugins
import Memory
import Planning
import Runner

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Options of every command that reads a pipeline.
struct PipelineOptions: ParsableArguments {
  @Argument(help: "The pipeline file.")
  var file: String

  @Option(name: .customLong("param"), help: ArgumentHelp("A parameter of the pipeline.", valueName: "NAME=VALUE"))
  var parameters: [String] = []

  @OptionGroup var lua: LuaOptions

  var loader: PipelineLoader { PipelineLoader(path: file, parameters: parameters, lua: lua.path, limits: lua.limits) }
}

/// The path of Lua, for every command that loads plugins.
struct LuaOptions: ParsableArguments {
  @Option(
    name: .customLong("lua"),
    help: ArgumentHelp(
      "The path that Lua functions take; the results are the same.",
      discussion: "columnar refuses a function that cannot be compiled and names the line; interpreter compiles none.",
      valueName: "auto|columnar|interpreter"))
  var path = LuaPath.auto

  @Option(
    name: .customLong("limits"),
    help: ArgumentHelp(
      "What no plugin may pass, such as steps=1e6,memory=16MiB; the lowest of this, the pipeline's and the plugin's holds.",
      discussion: "The limits are those of a plugin.yaml: memory, block, output, steps, batch_steps, seconds.",
      valueName: "NAME=AMOUNT,…"))
  private var given: [String] = []

  func validate() throws { _ = try parsed() }

  /// No limit where none is given.
  var limits: LuaLimits { (try? parsed()) ?? PluginLimits.none }

  private func parsed() throws -> LuaLimits {
    do throws(PluginLimits.Mistake) {
      return given.isEmpty ? PluginLimits.none : try PluginLimits.parse(given.joined(separator: ","))
    } catch {
      throw ValidationError("--limits: \(error.message)")
    }
  }
}

extension LuaPath: ExpressibleByArgument {}

/// How many workers, and how much of the input.
struct ExecutionOptions: ParsableArguments {
  @Option(help: "Worker threads; the result does not depend on it. (default: all cores)")
  var workers: Int?

  @Option(
    help: ArgumentHelp(
      "Memory to stay below, such as 512MiB or 4GB; what passes it waits in temporary files. (default: half of the machine's)",
      valueName: "size"))
  var memory: MemorySize?

  @Option(help: "Read only the first N rows of each ingest.")
  var limit: Int?

  func validate() throws {
    if let workers, !(1...256).contains(workers) { throw ValidationError("--workers takes a number from 1 to 256") }
    if let limit, limit < 0 { throw ValidationError("--limit takes a number of rows, 0 or more") }
  }

  var workerCount: Int { workers ?? Self.allCores }

  static var allCores: Int { max(1, min(64, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))) }
}

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run a pipeline and publish its exports.",
    discussion: "Exports appear when all are complete; run.json, last, marks success. The ledger goes to stderr.")

  @OptionGroup var pipeline: PipelineOptions
  @OptionGroup var execution: ExecutionOptions

  @Option(help: "The folder that output paths start at.")
  var out = "."

  @Flag(name: .customLong("dry-run"), help: "Open the files and read only their headers.")
  var dryRun = false

  @Flag(help: "Say where the time went: by ingest and column, step, output and function. Also in run.json.")
  var profile = false

  @Flag(help: "Print the ledger as JSON on stdout; with --profile, an object of ledger and profile.")
  var json = false

  func run() throws {
    let plan = try pipeline.loader.plan()
    Interrupt.install()
    let options = RunOptions(
      workers: execution.workerCount, limit: execution.limit, outputDirectory: out, isDryRun: dryRun,
      memory: execution.memory?.bytes, stop: Interrupt.flag, isProfiled: profile)
    let outcome: RunOutcome
    do {
      outcome = try options.watched { try Run(plan, options: $0, weirVersion: Weir.version).run() }
    } catch {
      LogText.write(plan.log)
      throw error
    }
    if dryRun {
      Terminal.error("\(plan.spec.name): inputs are there and their headers fit; nothing was run")
      return
    }
    if json {
      let ledger = outcome.ledger.json
      let shown = outcome.profile.map { JSONValue.object(["ledger": ledger, "profile": $0.json]) } ?? ledger
      print(shown.text, terminator: "")
    } else {
      Terminal.error(outcome.ledger.text)
      if let profile = outcome.profile { Terminal.error("\n\(profile.text)\n") }
    }
    LogText.write(plan.log, elsewhere: "run.json")
    Failure.write(outcome.diagnostics)
    for path in outcome.published { Terminal.error("wrote \(path)") }
    if outcome.verdict != .done { throw Ended(code: outcome.verdict.rawValue) }
  }
}

struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate", abstract: "Check a pipeline and its plugins without opening data.")

  @OptionGroup var pipeline: PipelineOptions

  @Flag(help: "Print the mistakes as JSON on stdout.")
  var json = false

  func run() throws {
    do {
      let plan = try pipeline.loader.plan()
      if json {
        print(JSONValue.object(["valid": .bool(true), "problems": .array([])]).text, terminator: "")
      } else {
        Terminal.error(
          "\(pipeline.file): valid (\(plan.sources.count) ingests, \(plan.stages.count) stages, \(plan.exports.count) exports)"
        )
      }
    } catch let error as InvalidInput where json {
      print(
        JSONValue.object(["valid": .bool(false), "problems": .array(error.diagnostics.map(\.json))]).text,
        terminator: "")
      throw Ended(code: Failure.invalid)
    }
  }
}

extension Diagnostic {
  /// For `--json`.
  var json: JSONValue {
    .object([
      "code": .string(code.rawValue), "message": .string(message), "file": span.map { .string($0.file.path) } ?? .null,
      "line": span.map { .int($0.line) } ?? .null, "column": span.map { .int($0.column) } ?? .null,
      "help": help.map { .string($0) } ?? .null,
    ])
  }
}
