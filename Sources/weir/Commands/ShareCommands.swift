import ArgumentParser
import Diagnostics
import Memory
import Runner

struct PartialCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "partial", abstract: "Compute one share of a pipeline's inputs, for 'weir merge' to finish.",
    discussion: "Shares can be computed by several processes or machines that see the same inputs.")

  @OptionGroup var pipeline: PipelineOptions

  @Option(help: ArgumentHelp("Which share of how many.", valueName: "n/m"), transform: Self.place)
  var split: Share.Place

  @Option(name: .shortAndLong, help: ArgumentHelp("The file to write.", valueName: "state"))
  var out: String

  @Option(help: "Worker threads. (default: all cores)")
  var workers: Int?

  @Option(help: ArgumentHelp("Memory to stay below, such as 512MiB or 4GB.", valueName: "size"))
  var memory: MemorySize?

  func validate() throws {
    if let workers, !(1...256).contains(workers) { throw ValidationError("--workers takes a number from 1 to 256") }
  }

  func run() throws {
    let plan = try pipeline.loader.plan()
    Interrupt.install()
    let options = RunOptions(workers: workers ?? ExecutionOptions.allCores, memory: memory?.bytes, stop: Interrupt.flag)
    let share = try options.watched { try Run(plan, options: $0, weirVersion: Weir.version).share(split) }
    let partial = "\(out).weir-partial"
    try OutputFile.write(partial) { write in try write(share.encode()) }
    try OutputFile.move(partial, to: out)
    Terminal.error("\(plan.spec.name): share \(split.number) of \(split.count) is in \(out)")
  }

  private static func place(_ text: String) throws -> Share.Place {
    guard let place = Share.Place(text) else {
      throw ValidationError("--split takes a share and their number, such as 1/4, not '\(text)'")
    }
    return place
  }
}

struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge", abstract: "Finish a run whose shares 'weir partial' computed.",
    discussion: "Publishes what 'weir run' would, byte for byte.")

  @OptionGroup var pipeline: PipelineOptions

  @Argument(help: "The files that 'weir partial' wrote, all shares in any order.")
  var states: [String]

  @OptionGroup var execution: ExecutionOptions

  @Option(help: "The folder that output paths start at.")
  var out = "."

  func validate() throws {
    if execution.limit != nil { throw ValidationError("--limit does not go with shares, which are of whole inputs") }
  }

  func run() throws {
    let plan = try pipeline.loader.plan()
    Interrupt.install()
    let shares = try states.map { path in
      do {
        return try Share(decoding: try InputFile(path: path).readAll())
      } catch let failure as RunFailure where failure.diagnostic.code == .unreadableFile {
        throw RunFailure(
          .unreadableFile, "'\(path)' is no share of a run, of another version of weir, or damaged",
          help: "compute it again with 'weir partial'")
      }
    }
    let options = RunOptions(
      workers: execution.workerCount, outputDirectory: out, memory: execution.memory?.bytes, stop: Interrupt.flag)
    let outcome = try options.watched {
      try Run(plan, options: $0, weirVersion: Weir.version).merge(shares, names: states)
    }
    Terminal.error(outcome.ledger.text)
    LogText.write(plan.log, elsewhere: "run.json")
    Failure.write(outcome.diagnostics)
    for path in outcome.published { Terminal.error("wrote \(path)") }
    if outcome.verdict != .done { throw Ended(code: outcome.verdict.rawValue) }
  }
}
