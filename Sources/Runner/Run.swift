import Columns
import Diagnostics
import Memory
import Planning

/// How a run is to go.
public struct RunOptions: Sendable {
  public var workers: Int
  /// Rows of each ingest to read at most; nil for all.
  public var limit: Int?
  /// Folder that output paths start at.
  public var outputDirectory: String
  /// Opens files and reads their headers, and no more.
  public var isDryRun: Bool
  /// Bytes that the process should stay below; what passes them waits in temporary files. nil for half of the machine's.
  public var memory: Int?
  /// Set from outside to end the run; nothing is published then.
  public var stop: StopFlag
  /// Measures where the time goes.
  public var isProfiled: Bool
  /// Where workers note how far they are; nil where nobody looks.
  public var progress: RunProgress?

  public init(
    workers: Int, limit: Int? = nil, outputDirectory: String = ".", isDryRun: Bool = false, memory: Int? = nil,
    stop: StopFlag = StopFlag(), isProfiled: Bool = false, progress: RunProgress? = nil
  ) {
    self.workers = workers
    self.limit = limit
    self.outputDirectory = outputDirectory
    self.isDryRun = isDryRun
    self.memory = memory
    self.stop = stop
    self.isProfiled = isProfiled
    self.progress = progress
  }
}

/// What came of a run that reached its end.
public struct RunOutcome: Sendable {
  /// The way a run ends, with its exit code.
  public enum Verdict: Int32, Sendable {
    case done = 0
    case checkFailed = 3
    /// The ledger does not balance, or too much was quarantined.
    case refused = 4
  }

  public var verdict: Verdict
  public var ledger: Ledger
  /// What did not hold.
  public var diagnostics: [Diagnostic]
  /// Paths of the files written, in the order of the pipeline.
  public var published: [String]
  /// Where it was asked for.
  public var profile: RunProfile?
}

/// Runs a plan from its inputs to its published outputs.
public struct Run {
  private let plan: Plan
  private let options: RunOptions
  private let weirVersion: String

  public init(_ plan: Plan, options: RunOptions, weirVersion: String) {
    self.plan = plan
    self.options = options
    self.weirVersion = weirVersion
  }

  /// Throws `RunFailure`; then nothing is published and no temporary file is left.
  public func run() throws -> RunOutcome { try run(merging: []) }

  /// Finishes a run whose shares were computed before: the same bytes as `run`.
  ///
  /// - Parameter names: of the files that the shares came from.
  public func merge(_ shares: [Share], names: [String]) throws -> RunOutcome {
    try Share.check(shares, names: names, against: Share.identity(of: plan, weirVersion: weirVersion))
    return try run(merging: shares)
  }

  /// Computes one share of the inputs, up to the first aggregates.
  public func share(_ place: Share.Place) throws -> Share {
    let execution = try execution()
    return try execution.sayingWhere {
      try execution.share(place, identity: Share.identity(of: plan, weirVersion: weirVersion))
    }
  }

  private func execution() throws -> Execution {
    try Execution(plan, options: options, keeping: Set(plan.exports.flatMap(\.stages)), checking: true)
  }

  private func run(merging shares: [Share]) throws -> RunOutcome {
    let execution = try execution()
    if options.isDryRun {
      return RunOutcome(verdict: .done, ledger: Ledger(plan, execution), diagnostics: [], published: [])
    }
    let publisher = try Publisher(directory: options.outputDirectory, stop: options.stop)
    if !shares.isEmpty { try execution.load(shares) }
    try execution.sayingWhere { try execution.run() }
    let quarantine = Quarantine(plan, execution)
    try quarantine.failWhereAsked()
    let ledger = Ledger(plan, execution)
    let (verdict, diagnostics) = try judge(execution, ledger, quarantine)
    options.progress?.begin("writing outputs")
    try execution.measuring("quarantine") { try quarantine.write(with: publisher) }
    if verdict == .done {
      for export in plan.exports {
        let tables = export.stages.map { (name: $0, table: execution.table($0)) }
        try execution.measuringOutput(export.path) { count in
          try publisher.stage(export.path) { write in
            try export.encoder.encode(tables) { bytes in
              count += bytes.count
              try write(bytes)
            }
          }
        }
      }
    }
    let profile = execution.recorder?.profile(ledger)
    let manifest = Manifest(
      plan: plan, inputs: execution.sources.flatMap { $0.inputs() }, ledger: ledger, verdict: verdict,
      diagnostics: diagnostics, weirVersion: weirVersion, profile: profile)
    let published = try publisher.publish(manifest: manifest.text)
    return RunOutcome(
      verdict: verdict, ledger: ledger, diagnostics: diagnostics, published: published, profile: profile)
  }

  private func judge(_ execution: Execution, _ ledger: Ledger, _ quarantine: Quarantine) throws
    -> (RunOutcome.Verdict, [Diagnostic])
  {
    var diagnostics: [Diagnostic] = []
    for (check, tables) in zip(plan.checks, try execution.checkTables()) {
      let outcome = try check.conclude(tables)
      if !outcome.passed {
        diagnostics.append(Diagnostic(.checkFailed, "\(check.label): \(outcome.message)", at: check.span))
      }
    }
    let imbalances = ledger.imbalances.map {
      Diagnostic(.ledgerImbalance, "\($0) does not add up: this is a fault of Weir, please report it")
    }
    let excess = quarantine.excess()
    if !imbalances.isEmpty || excess != nil {
      return (.refused, imbalances + [excess].compactMap { $0 } + diagnostics)
    }
    return (diagnostics.isEmpty ? .done : .checkFailed, diagnostics)
  }

  /// Runs as much as some stages need and gives their rows; publishes nothing.
  public func tables(of stages: [String]) throws -> [Table] {
    let execution = try Execution(plan, options: options, keeping: Set(stages), checking: false)
    try execution.sayingWhere { try execution.run() }
    try Quarantine(plan, execution).failWhereAsked()
    return stages.map { execution.table($0) }
  }
}
