import Aggregation
import Columns
import Diagnostics
import Memory
import Planning
import Synchronization

/// Runs a plan's graph: source after source, each in one pass, until all that is kept is complete.
final class Execution {
  let plan: Plan
  let options: RunOptions
  /// Where the run is profiled.
  let recorder: ProfileRecorder?
  private(set) var graph: RunGraph
  private var state: [Int: NodeState] = [:]
  let contexts: [WorkerContext]
  private(set) var sources: [any RowSource] = []
  /// Reports of steps by number, and of ingests by name.
  var stepReports: [Int: StepReport] = [:]
  var sourceReports: [StepReport] = []
  /// Of what is kept whole, by name: keeping looks at every cell, also at those that no step looked at.
  private(set) var keepCounts: [String: StepCounts] = [:]
  var quarantined: [QuarantinedRow] = []

  private struct NodeState {
    /// Workers' shares of an aggregate, in worker order.
    var partials: [any AggregatePartial] = []
    /// Workers' rows of what is needed whole.
    var kept: [KeptRows] = []
    /// Cells of its rows that the steps behind it judge.
    var badCells: [Int: [RowOrigin: CellFailure]] = [:]
    /// The whole output of a breaker or a keep.
    var table: Table?
    var isDriven = false
  }

  init(_ plan: Plan, options: RunOptions, keeping names: Set<String>, checking: Bool) throws {
    self.plan = plan
    self.options = options
    recorder = options.isProfiled ? ProfileRecorder(plan.scriptCosts) : nil
    graph = RunGraph(plan, keeping: names, checking: checking)
    let memory = MemoryBudget(
      bytes: options.memory ?? MachineMemory.byteCount / 2,
      directory: MachineMemory.temporaryDirectory ?? options.outputDirectory)
    contexts = (0..<max(options.workers, 1)).map { _ in WorkerContext(memory: memory) }
    for (number, source) in plan.sources.enumerated() {
      let opened = try source.open(number * Quarantine.filesPerSource)
      if let last = opened.splits.last, last.file >= (number + 1) * Quarantine.filesPerSource {
        throw RunFailure(
          .unreadableFile, "ingest '\(source.name)' has more than \(Quarantine.filesPerSource) files",
          help: "unite it from several ingests: 'from: [a, b]'")
      }
      sources.append(opened)
      sourceReports.append(StepReport(step: -1, label: "ingest '\(source.name)'"))
    }
    for stage in plan.stages {
      for step in stage.steps { stepReports[step.number] = StepReport(step: step.number, label: step.label) }
    }
  }

  /// The rows of a stage that was kept.
  func table(_ name: String) -> Table {
    let schema = schema(of: name)
    guard var table = graph.keeps[name].flatMap({ state[$0]?.table }) else { return Table(schema: schema, batches: []) }
    table.schema = schema
    return table
  }

  /// The reduced inputs of each check.
  func checkTables() throws -> [[Table]] {
    try graph.checkNodes.map { nodes in try nodes.map { try finished($0) } }
  }

  private func schema(of name: String) -> Schema {
    plan.stages.first { $0.name == name }?.schema ?? plan.sources.first { $0.name == name }?.schema ?? Schema()
  }

  func run() throws {
    expectIngests()
    while true {
      let open = drivable()
      if open.isEmpty { break }
      if let root = open.first(where: { isReady($0) && sidesAreReady(below: $0) }) {
        try drive(root)
      } else if let root = open.first(where: isReady) {
        // A step below needs a side that comes out of this very pass: rows wait before it.
        for node in graph.tree(below: root) where !sidesAreReady(node) { _ = graph.insertHold(before: node) }
      } else {
        preconditionFailure("the plan has a cycle")
      }
    }
  }

  /// Ingests and breakers that have not been driven and that somebody waits for.
  func drivable() -> [Int] {
    graph.nodes.indices.filter { index in
      if state[index]?.isDriven ?? false { return false }
      if case .source = graph.nodes[index].kind { return !graph.nodes[index].children.isEmpty }
      return graph.isBreaker(index) && !graph.nodes[index].parents.isEmpty && !graph.nodes[index].children.isEmpty
    }
  }

  /// Whether all rows that a node will ever get have reached it.
  private func isComplete(_ index: Int) -> Bool {
    graph.nodes[index].parents.allSatisfy { parent in
      if case .source = graph.nodes[parent].kind { return state[parent]?.isDriven ?? false }
      return graph.isBreaker(parent) ? state[parent]?.isDriven ?? false : isComplete(parent)
    }
  }

  func isReady(_ root: Int) -> Bool {
    if case .source = graph.nodes[root].kind { return true }
    return isComplete(root) && sidesAreReady(root)
  }

  func sidesAreReady(below root: Int) -> Bool {
    graph.tree(below: root).allSatisfy { graph.isBreaker($0) || sidesAreReady($0) }
  }

  private func sidesAreReady(_ node: Int) -> Bool {
    (graph.nodes[node].step?.sides ?? []).allSatisfy { isComplete(graph.keeps[$0]!) }
  }

  // MARK: One pass

  /// - Parameter share: of a source, which part of its splits; nil for all.
  func drive(_ root: Int, share: Share.Place? = nil) throws {
    // A share ends where states begin, so its joins hold their sides.
    if share == nil { makeWholeWhereSidesAreLarge(below: root) }
    let common = CommonExpressions(below: root, width: graph.width(of: root), in: &graph)
    var prepared: [Int: any PreparedRowOperation] = [:]
    for index in graph.tree(below: root) {
      guard case .rows(let step, let operation) = graph.nodes[index].kind else { continue }
      let sides = operation.sides.map { self.table($0) }
      prepared[index] = try measuring(step.label) { try operation.prepare(sides, &stepReports[step.number]!) }
    }
    let lanes: [Lane]
    let start = ProcessorTime.ofWall
    if case .source(let number) = graph.nodes[root].kind {
      lanes = try driveSource(root, number, prepared, common, share)
    } else {
      lanes = try driveTable(root, try finished(root), prepared, common)
    }
    recorder?.notePass(lanes, graph, common, label: graph.nodes[root].label, schema: schema(ofRoot: root), since: start)
    state[root, default: NodeState()].isDriven = true
    if graph.isBreaker(root) { state[root]?.table = nil }
    try gather(lanes, below: root)
  }

  /// Joins with sides that do not fit the memory get all their rows at once.
  private func makeWholeWhereSidesAreLarge(below root: Int) {
    guard let memory = contexts[0].memory else { return }
    for index in graph.tree(below: root) {
      guard case .rows(let step, let operation) = graph.nodes[index].kind, !operation.sides.isEmpty else { continue }
      let sides = operation.sides.map { self.table($0) }
      if let whole = operation.over(largeSides: sides, output: step.output, memory) { graph.makeWhole(index, whole) }
    }
  }

  private func driveSource(
    _ root: Int, _ number: Int, _ prepared: [Int: any PreparedRowOperation], _ common: CommonExpressions,
    _ share: Share.Place?
  ) throws -> [Lane] {
    let planned = plan.sources[number]
    let source = sources[number]
    let drive = Drive(
      graph: graph, root: root, width: planned.schema.count, isStrict: planned.isStrict, prepared: prepared,
      common: common,
      resumed: partials(below: root), isProfiled: recorder != nil)
    let stop = options.stop
    let base = number << 20
    let limit = options.limit
    // A limit counts rows in order: one worker, one split after the other.
    let remaining = limit.map { RowLimit($0) }
    let workers = limit == nil ? contexts : [contexts[0]]
    let splits = share?.splits(of: source.splits.count) ?? 0..<source.splits.count
    let progress = options.progress
    progress?.beginReading(planned.name, byteCount: byteCount(of: splits, in: source), rowLimit: limit)
    let lanes = try drive.run(units: splits.count, workers: workers, stop: stop) { unit, lane in
      let split = splits.lowerBound + unit
      if remaining?.isReached ?? false { return }
      let begin = lane.profile?.start()
      let reader = try source.makeReader(source.splits[split])
      lane.noteReading(since: begin, bytes: 0)
      var passed = 0
      while let block = try lane.next(of: reader, &passed, progress) {
        if stop.isSet { throw RunFailure(.interrupted, "the run was interrupted") }
        if let remaining {
          let rows = remaining.take(block.count)
          try lane.push(rows == block.count ? block : FirstRows(block, count: rows), split: base + split)
          if remaining.isReached { break }
        } else {
          try lane.push(block, split: base + split)
        }
      }
    }
    for lane in lanes {
      sourceReports[number].merge(lane.sourceReport)
      quarantined += lane.sourceReport.quarantined
    }
    return lanes
  }

  private func driveTable(
    _ root: Int, _ table: Table, _ prepared: [Int: any PreparedRowOperation], _ common: CommonExpressions
  ) throws -> [Lane] {
    let drive = Drive(
      graph: graph, root: root, width: table.schema.count, isStrict: false, prepared: prepared, common: common,
      resumed: partials(below: root), badCells: state[root]?.badCells ?? [:], isProfiled: recorder != nil)
    // Parts are shared out among the workers as splits are, so each has a split of its own.
    let base = Batch.Position.firstTable + root << Batch.Position.tableBits
    return try drive.run(units: table.parts.count, workers: contexts, stop: options.stop) { unit, lane in
      var batch = try table.parts[unit].batch
      batch.position = Batch.Position(split: base + unit, batch: 0)
      try lane.push(table: batch)
    }
  }

  /// What workers have of the aggregates that a pass will reach: they go on with it.
  private func partials(below root: Int) -> [Int: [any AggregatePartial]] {
    Dictionary(uniqueKeysWithValues: graph.tree(below: root).map { ($0, state[$0]?.partials ?? []) })
  }

  func partials(of node: Int) -> [any AggregatePartial] { state[node]?.partials ?? [] }

  /// Takes in what another process has of an aggregate.
  func absorb(_ bytes: [UInt8], into node: Int) throws {
    guard graph.nodes.indices.contains(node), case .aggregate(_, let operation, _) = graph.nodes[node].kind else {
      throw RunFailure(.unreadableFile, "a share has a state that this pipeline has no place for")
    }
    if state[node]?.partials.isEmpty ?? true {
      state[node, default: NodeState()].partials = [try operation.makePartial(contexts[0])]
    }
    guard let partial = state[node]!.partials[0] as? any PortablePartial else {
      throw RunFailure(.unreadableFile, "a share has a state that cannot be merged")
    }
    try partial.absorb(encoded: bytes)
  }

  func markDriven(_ root: Int) { state[root, default: NodeState()].isDriven = true }

  /// Forgets what was counted so far.
  func clearReports() {
    stepReports = stepReports.mapValues { StepReport(step: $0.step, label: $0.label) }
    sourceReports = sourceReports.map { StepReport(step: $0.step, label: $0.label) }
    quarantined = []
  }

  private func gather(_ lanes: [Lane], below root: Int) throws {
    for index in graph.tree(below: root) {
      var node = state[index] ?? NodeState()
      let resumed = node.partials
      node.partials = lanes.compactMap { $0.partials[index] }
      node.partials += resumed.dropFirst(lanes.count)
      for lane in lanes {
        if let report = lane.reports[index], let step = graph.nodes[index].step {
          stepReports[step.number]!.counts += report.counts
        }
        if case .keep(let name) = graph.nodes[index].kind, let counts = lane.reports[index]?.counts {
          keepCounts[name, default: StepCounts()] += counts
        }
        quarantined += lane.reports[index]?.quarantined ?? []
        if let kept = lane.kept[index] { node.kept.append(kept) }
        for (column, failures) in lane.deferredCells[index] ?? [:] {
          node.badCells[column, default: [:]].merge(failures) { first, _ in first }
        }
      }
      state[index] = node
    }
    for index in graph.nodes.indices {
      if case .keep(let name) = graph.nodes[index].kind, state[index]?.table == nil, isComplete(index),
        !graph.nodes[index].parents.isEmpty
      {
        state[index, default: NodeState()].table = KeptRows.table(state[index]?.kept ?? [], schema: schema(of: name))
        state[index]!.kept = []
      }
    }
  }

  /// Says in which step something failed, where the message names neither a step nor a place.
  private func naming<Result>(_ label: String, _ work: () throws -> Result) throws -> Result {
    do {
      return try work()
    } catch let failure as RunFailure {
      var diagnostic = failure.diagnostic
      guard diagnostic.span == nil, diagnostic.code != .interrupted, !diagnostic.message.hasPrefix(label) else {
        throw failure
      }
      diagnostic.message = "\(label): \(diagnostic.message)"
      throw RunFailure(diagnostic)
    }
  }

  /// The output of a breaker all of whose input is there.
  private func finished(_ index: Int) throws -> Table {
    if let table = state[index]?.table { return table }
    var node = state[index] ?? NodeState()
    let step = graph.nodes[index].step
    options.progress?.begin(graph.nodes[index].label)
    var report = step.flatMap { stepReports[$0.number] } ?? StepReport(step: -1, label: graph.nodes[index].label)
    let before = report.quarantined.count
    let table: Table
    switch graph.nodes[index].kind {
    case .aggregate(_, let operation, _):
      let partials = node.partials.isEmpty ? [try operation.makePartial(contexts[0])] : node.partials
      node.partials = []
      state[index]?.partials = []
      let request = FinishRequest(contexts: contexts, stop: options.stop, leading: leadingRows(below: index))
      let finished = try naming(report.label) {
        try measuring(report.label) { try operation.finish(partials, request, &report) }
      }
      table = finished.table
      omit(finished.omitted, below: index)
      report.counts.rowsOut += table.rowCount + finished.omitted
      report.counts.added += table.rowCount + finished.omitted
    case .table(let planned, let operation):
      let kept = node.kept
      node.kept = []
      state[index]?.kept = []
      table = try naming(report.label) {
        try measuring(report.label) { try run(operation, planned, kept, &report) }
      }
      report.counts.rowsOut += table.rowCount
    case .hold:
      table = KeptRows.table(node.kept, schema: Schema())
    case .source, .pick, .rows, .keep:
      preconditionFailure("only a breaker is finished")
    }
    quarantined += report.quarantined[before...]
    if let step { stepReports[step.number] = report }
    node.table = table
    node.kept = []
    state[index] = node
    return table
  }

  /// Runs a step over all its rows. What comes out counts as memory while somebody holds it.
  private func run(
    _ operation: any TableOperation, _ planned: PlannedStep, _ kept: [KeptRows], _ report: inout StepReport
  ) throws -> Table {
    let table: Table
    if operation.order != nil {
      table = try KeptRows.sorted(kept, schema: planned.input, threads: contexts.count, stop: options.stop)
      report.counts.rowsIn += table.rowCount
    } else {
      let input = KeptRows.table(kept, schema: planned.input)
      report.counts.rowsIn += input.rowCount
      let sides = operation.sides.map { self.table($0) }
      table = try operation.run(input, sides: sides, context: contexts[0], &report)
    }
    let bytes = table.byteCount
    guard let memory = contexts[0].memory, bytes > 0 else { return table }
    return table.holding(MemoryLease(memory, bytes: bytes))
  }
}

extension Execution {
  /// Says what is going to be read, of ingests that rows are wanted from.
  func expectIngests(share: Share.Place? = nil, of shared: Set<Int> = []) {
    guard let progress = options.progress else { return }
    var bytes: [Int] = []
    for (index, node) in graph.nodes.enumerated() where !node.children.isEmpty {
      guard case .source(let number) = node.kind else { continue }
      let source = sources[number]
      let splits = shared.contains(index) ? share?.splits(of: source.splits.count) : nil
      bytes.append(byteCount(of: splits ?? 0..<source.splits.count, in: source))
    }
    progress.expect(ingests: bytes.count, bytes: bytes.reduce(0, +))
  }

  /// Bytes of some splits, as they are stored; splits of packed files count alike.
  private func byteCount(of splits: Range<Int>, in source: any RowSource) -> Int {
    splits.count == source.splits.count ? source.byteCount : source.byteCount / source.splits.count * splits.count
  }

  /// Which rows are wanted of a breaker, where all that reads it is a step that looks only at the first in an order.
  private func leadingRows(below index: Int) -> LeadingRows? {
    guard graph.nodes[index].children.count == 1,
      case .table(_, let operation) = graph.nodes[graph.nodes[index].children[0]].kind
    else { return nil }
    return operation.leading
  }

  /// Counts rows that a breaker left out since the step below does not want them: they came and were dropped.
  private func omit(_ rows: Int, below index: Int) {
    guard rows > 0, let step = graph.nodes[graph.nodes[index].children[0]].step else { return }
    stepReports[step.number]!.counts.rowsIn += rows
    stepReports[step.number]!.counts.filtered += rows
  }
}
