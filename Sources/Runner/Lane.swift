import Aggregation
import Columns
import Diagnostics
import Expressions
import Planning

/// One worker's way through the tree of a source: its instances of the steps, and what they kept.
final class Lane {
  private let drive: Drive
  private let context: WorkerContext
  private var workers: [Int: any RowWorker] = [:]
  private(set) var partials: [Int: any AggregatePartial] = [:]
  private(set) var kept: [Int: KeptRows] = [:]
  private(set) var reports: [Int: StepReport] = [:]
  /// What the source itself has to say: rows read, rows that no step could be given.
  private(set) var sourceReport: StepReport
  /// Cells of the block at hand that could not be read, by source column and row; the first step that looks at one
  /// quarantines its row.
  private var badCells: [Int: [RowOrigin: CellFailure]] = [:]
  /// Where the run is profiled.
  let profile: LaneProfile?
  /// Such cells of rows that wait before a step that leaves them to those behind it, by node and column of its output.
  private(set) var deferredCells: [Int: [Int: [RowOrigin: CellFailure]]] = [:]

  init(_ drive: Drive, worker: Int, context: WorkerContext) throws {
    self.drive = drive
    self.context = context
    profile = drive.isProfiled ? LaneProfile() : nil
    badCells = drive.badCells
    sourceReport = StepReport(step: -1, label: drive.label)
    for index in drive.tree {
      let node = drive.graph.nodes[index]
      reports[index] = StepReport(step: node.step?.number ?? -1, label: node.label)
      switch node.kind {
      case .rows: workers[index] = try drive.prepared[index]!.makeWorker(context)
      case .aggregate(_, let operation, _):
        partials[index] = try drive.partial(index, of: operation, worker: worker, context)
      case .table(_, let operation): kept[index] = KeptRows(budget: context.memory, keys: operation.order)
      case .keep, .hold: kept[index] = KeptRows(budget: context.memory)
      case .source, .pick: break
      }
    }
  }

  /// Sends a whole batch of a table to the steps below.
  func push(table batch: Batch) throws {
    var batch = batch
    for (number, program) in drive.common.programs.enumerated() {
      batch.common.append(try evaluated(program, batch.columns, batch.common, count: batch.count, number))
    }
    try RunLog.$position.withValue(batch.position.key(ofRow: 0)) {
      for child in drive.graph.nodes[drive.root].children { try push(batch, to: child) }
    }
    try settle()
  }

  /// All rows that a batch or block of the source gave rise to are where they wait.
  private func settle() throws {
    for rows in kept.values { try rows.settle() }
  }

  private func push(_ batch: Batch, to index: Int) throws {
    let node = drive.graph.nodes[index]
    var batch = batch
    if !badCells.isEmpty { batch = try withoutBadCells(batch, of: index) }
    switch node.kind {
    case .source: preconditionFailure("a source has no input")
    case .pick(let columns, let schema, let way, let count):
      let picked = Batch(
        columns: columns.enumerated().map { batch.columns[$1].widened(to: schema[$0].type.data) }, count: batch.count,
        position: batch.position.onWay(way, of: count), origins: batch.origins)
      for child in node.children { try push(picked, to: child) }
    case .rows:
      let output = try counted(index, batch) { worker, report in try worker.apply(batch, &report) }
      if output.count > 0 { for child in node.children { try push(output, to: child) } }
    case .aggregate:
      let before = reports[index]!.counts.quarantined
      let start = profile?.start()
      do {
        try partials[index]!.add(batch, &reports[index]!)
      } catch let failure as RunFailure {
        throw failure.located(in: batch)
      }
      if let start { profile?.note(node: index, since: start) }
      reports[index]!.counts.rowsIn += batch.count
      reports[index]!.counts.grouped += batch.count - (reports[index]!.counts.quarantined - before)
    case .table, .keep, .hold:
      if node.defersCells, !badCells.isEmpty { deferCells(at: index) }
      if case .keep = node.kind {
        reports[index]!.counts.rowsIn += batch.count
        reports[index]!.counts.rowsOut += batch.count
      }
      kept[index]!.append(batch.alone)
    }
  }

  private func counted(
    _ index: Int, _ batch: Batch, _ work: (any RowWorker, inout StepReport) throws -> Batch
  ) throws -> Batch {
    var report = taken(index)
    report.counts.rowsIn += batch.count
    defer { reports[index] = report }
    let start = profile?.start()
    do {
      let output = try work(workers[index]!, &report)
      if let start { profile?.note(node: index, since: start) }
      report.counts.rowsOut += output.count
      return output
    } catch let failure as RunFailure {
      throw failure.located(in: batch)
    }
  }

  /// A node's report, to be changed in place and put back: a copy of it would copy all rows that were quarantined so far.
  private func taken(_ index: Int) -> StepReport { reports.updateValue(Self.emptyReport, forKey: index)! }

  private static let emptyReport = StepReport(step: -1, label: "")

  // MARK: Blocks of an ingest

  /// The next block of a reader.
  ///
  /// - Parameter passed: bytes of the reader's split that were counted.
  func next(of reader: any RowReader, _ passed: inout Int, _ progress: RunProgress?) throws -> (any RowBlock)? {
    let start = profile?.start()
    let block = try reader.next()
    guard progress != nil || profile != nil else { return block }
    let bytes = reader.bytesRead
    progress?.add(rows: block?.count ?? 0, bytes: bytes - passed)
    noteReading(since: start, bytes: bytes - passed)
    passed = bytes
    return block
  }

  func noteReading(since start: Int?, bytes: Int) {
    if let start { profile?.noteReading(since: start, bytes: bytes) }
  }

  /// Parses a column over the rows; gives the failures, by number of the live row.
  private func load(_ column: Int, _ live: inout LiveRows) -> [(Int32, CellFailure)] {
    guard let profile else { return live.load(column) }
    let start = profile.start()
    let cells = live.isParsed(column) ? 0 : live.count
    defer { profile.note(column: column, cells: cells, since: start) }
    return live.load(column)
  }

  /// Parses a column over the rows without looking at it.
  private func hold(_ column: Int, _ live: inout LiveRows) {
    guard let profile else { return live.hold(column) }
    let start = profile.start()
    let cells = live.isParsed(column) ? 0 : live.count
    live.hold(column)
    profile.note(column: column, cells: cells, since: start)
  }

  /// Sends the rows of a block to the steps below, parsing cells as steps come to need them.
  func push(_ block: any RowBlock, split: Int) throws {
    sourceReport.counts.rowsIn += block.count
    badCells = [:]
    if !block.structuralFailures.isEmpty {
      let origins = block.origins(rows: block.structuralFailures.map(\.row))
      for (failure, origin) in zip(block.structuralFailures, origins) { note(failure, origin) }
    }
    var live = LiveRows(block: block, position: Batch.Position(split: split, batch: Int(block.position.batch)))
    live.rows = block.usableRows
    if drive.isStrict { try judgeAllCells(&live) }
    sourceReport.counts.rowsOut += live.count
    let position = live.position.key(ofRow: 0)
    try RunLog.$position.withValue(position) { try descend(fromNode: drive.root, live) }
    try settle()
  }

  /// Sends rows to all that stand below a node. What several of them look at is parsed once, before they part.
  private func descend(fromNode index: Int, _ incoming: LiveRows) throws {
    var live = incoming
    let children = drive.graph.nodes[index].children
    if children.count > 1 {
      for (column, readers) in drive.sharedColumns(below: index) {
        // Parsing for all of these rows pays where its readers together would parse as many.
        if readers.reduce(0, { $0 + share(of: $1, column) }) >= 1 { hold(column, &live) }
      }
      for number in drive.common.numbers where isWorthComputing(number, before: children) { try compute(number, &live) }
    }
    for child in children { try descend(child, live) }
  }

  /// The share of the rows for which a node, or those below it, look at a column: what its condition let pass so far.
  private func share(of index: Int, _ column: Int) -> Double {
    drive.graph.reads(of: index).contains(column) ? 1 : shareThatPasses(index)
  }

  /// Whether a result that steps have in common is better computed before rows part than by each for the rows that it
  /// gets: it has to be kept, and picked behind conditions, each of which costs about what one or two operations do.
  private func isWorthComputing(_ number: Int, before takers: [Int]) -> Bool {
    var shares = 0.0
    var picked = 0.0
    for node in takers where drive.common.readers(of: number, below: node) > 0 {
      let passing = shareThatPasses(node)
      let isTaken = drive.common.isTaken(number, by: node)
      shares += isTaken ? 1 : passing
      if workers[node] is any RowSelector, drive.common.readers(of: number, below: node) > (isTaken ? 1 : 0) {
        shares += isTaken ? passing : 0
        picked += passing
      }
    }
    return (shares - 1) * Double(drive.common.operations[number]) >= 1 + 2 * picked
  }

  private func shareThatPasses(_ index: Int) -> Double {
    guard workers[index] is any RowSelector, let counts = reports[index]?.counts, counts.rowsIn > 0 else { return 1 }
    return Double(counts.rowsOut) / Double(counts.rowsIn)
  }

  /// Computes what steps have in common, for the rows at hand.
  private func compute(_ number: Int, _ live: inout LiveRows) throws {
    if live.hasCommon(number) { return }
    let program = drive.common.programs[number]
    for column in program.inputColumns { hold(column, &live) }
    live.setCommon(
      number,
      try evaluated(program, live.values(width: drive.width), live.common, count: live.count, number))
  }

  private func evaluated(
    _ program: Program, _ columns: [Column], _ common: [Column?], count: Int, _ number: Int
  ) throws -> Column {
    let start = profile?.start()
    let result = try program.evaluate(columns, common: common, count: count, worker: context.programs)
    precondition(result.failures.isEmpty, "what is computed for several steps cannot fail")
    if let start { profile?.note(common: number, rows: count, since: start) }
    return result.columns[0]
  }

  private func note(_ failure: CellFailure, _ origin: RowOrigin) {
    sourceReport.quarantined.append(
      QuarantinedRow(origin: origin, step: -1, code: failure.code, message: failure.message))
    sourceReport.counts.quarantined += 1
  }

  private func judgeAllCells(_ live: inout LiveRows) throws {
    for column in 0..<drive.width {
      for (row, failure) in load(column, &live) {
        note(failure, live.block.origins(rows: [live.blockRow(row)])[0])
      }
      live.dropFailing()
    }
  }

  /// Runs the conditions that stand first on as few columns as they read; then parses the rest for the rows that are
  /// left.
  private func descend(_ index: Int, _ incoming: LiveRows) throws {
    var live = incoming
    if let selector = workers[index] as? any RowSelector, drive.readsSourceOnly(index) {
      var report = taken(index)
      report.counts.rowsIn += live.count
      for column in drive.graph.reads(of: index).sorted() {
        for (row, failure) in load(column, &live) {
          let origin = live.block.origins(rows: [live.blockRow(row)])[0]
          report.quarantined.append(
            QuarantinedRow(origin: origin, step: report.step, code: failure.code, message: failure.message))
          report.counts.quarantined += 1
        }
        live.dropFailing()
      }
      for number in drive.common.numbers where drive.common.isTaken(number, by: index) {
        if isWorthComputing(number, before: [index]) { try compute(number, &live) }
      }
      let batch = live.batch(width: drive.width)
      let before = report.quarantined.count
      let start = profile?.start()
      let selected: [Int32]?
      do {
        selected = try selector.select(batch, &report)
      } catch let failure as RunFailure {
        throw failure.located(in: batch)
      }
      if let start { profile?.note(node: index, since: start) }
      precondition(report.quarantined.count == before || selected != nil)
      live.forget(
        allBut: drive.columnsNeeded(after: index), commonBut: drive.common.readers(below: index))
      if let selected { live.keep(selected) }
      report.counts.rowsOut += live.count
      reports[index] = report
      if live.count > 0 { try descend(fromNode: index, live) }
      return
    }
    badCells = [:]
    for column in drive.columnsNeeded(below: index) {
      for (row, failure) in load(column, &live) {
        let origin = live.block.origins(rows: [live.blockRow(row)])[0]
        badCells[column, default: [:]][origin] = failure
      }
    }
    for number in drive.common.numbers where drive.common.readers(of: number, below: index) > 1 {
      try compute(number, &live)
    }
    try push(live.batch(width: drive.width), to: index)
  }

  private func deferCells(at index: Int) {
    let inputs = drive.sourceColumns(of: index)
    for (output, input) in (drive.graph.nodes[index].step?.carried ?? []).enumerated() {
      for source in input.flatMap({ inputs[$0] }) ?? [] {
        guard let failures = badCells[source] else { continue }
        deferredCells[index, default: [:]][output, default: [:]].merge(failures) { first, _ in first }
      }
    }
  }

  private func withoutBadCells(_ batch: Batch, of index: Int) throws -> Batch {
    let columns = drive.sourceColumnsRead(by: index).filter { badCells[$0] != nil }.sorted()
    guard !columns.isEmpty, let origins = batch.origins?.known else { return batch }
    var report = taken(index)
    defer { reports[index] = report }
    var keeps = [Bool](repeating: true, count: batch.count)
    var dropped = 0
    for row in 0..<batch.count {
      guard let failure = columns.lazy.compactMap({ self.badCells[$0]![origins[row]] }).first else { continue }
      keeps[row] = false
      dropped += 1
      report.quarantined.append(
        QuarantinedRow(origin: origins[row], step: report.step, code: failure.code, message: failure.message))
    }
    if dropped == 0 { return batch }
    report.counts.rowsIn += dropped
    report.counts.quarantined += dropped
    return batch.gathered([Int32](rowsWhere: keeps))
  }
}
