import Columns
import Diagnostics
import Planning

/// One worker's way through the tree of a source: its instances of the steps, and what they kept.
final class Lane {
  private let drive: Drive
  private let context: WorkerContext
  private var workers: [Int: any RowWorker] = [:]
  private(set) var partials: [Int: any AggregatePartial] = [:]
  private(set) var kept: [Int: [Batch]] = [:]
  private(set) var reports: [Int: StepReport] = [:]
  /// What the source itself has to say: rows read, rows that no step could be given.
  private(set) var sourceReport: StepReport
  /// Cells of the block at hand that could not be read, by source column and row; the first step that looks at one
  /// quarantines its row.
  private var badCells: [Int: [RowOrigin: CellFailure]] = [:]

  init(_ drive: Drive, worker: Int, context: WorkerContext) throws {
    self.drive = drive
    self.context = context
    sourceReport = StepReport(step: -1, label: drive.label)
    for index in drive.tree {
      let node = drive.graph.nodes[index]
      reports[index] = StepReport(step: node.step?.number ?? -1, label: node.label)
      switch node.kind {
      case .rows: workers[index] = try drive.prepared[index]!.makeWorker(context)
      case .aggregate(_, let operation, _):
        partials[index] = try drive.partial(index, of: operation, worker: worker, context)
      case .table, .keep, .hold: kept[index] = []
      case .source, .pick: break
      }
    }
  }

  /// Sends a whole batch of a table to the steps below.
  func push(table batch: Batch) throws {
    for child in drive.graph.nodes[drive.root].children { try push(batch, to: child) }
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
      do {
        try partials[index]!.add(batch, &reports[index]!)
      } catch let failure as RunFailure {
        throw failure.located(in: batch)
      }
      reports[index]!.counts.rowsIn += batch.count
      reports[index]!.counts.grouped += batch.count - (reports[index]!.counts.quarantined - before)
    case .table, .keep, .hold:
      if batch.count > 0 { kept[index]!.append(batch) }
    }
  }

  private func counted(
    _ index: Int, _ batch: Batch, _ work: (any RowWorker, inout StepReport) throws -> Batch
  ) throws -> Batch {
    var report = reports[index]!
    reports[index] = nil  // the report is changed in place, not copied
    report.counts.rowsIn += batch.count
    defer { reports[index] = report }
    do {
      let output = try work(workers[index]!, &report)
      report.counts.rowsOut += output.count
      return output
    } catch let failure as RunFailure {
      throw failure.located(in: batch)
    }
  }

  // MARK: Blocks of an ingest

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
    try descend(fromNode: drive.root, live)
  }

  /// Sends rows to all that stand below a node. What several of them look at is parsed once, before they part.
  private func descend(fromNode index: Int, _ incoming: LiveRows) throws {
    var live = incoming
    let children = drive.graph.nodes[index].children
    if children.count > 1 {
      for (column, readers) in drive.sharedColumns(below: index) {
        // Parsing for all of these rows pays where its readers together would parse as many.
        if readers.reduce(0, { $0 + share(of: $1, column) }) >= 1 { live.hold(column) }
      }
      live.holdOrigins()
    }
    for child in children { try descend(child, live) }
  }

  /// The share of the rows for which a node, or those below it, look at a column: what its condition let pass so far.
  private func share(of index: Int, _ column: Int) -> Double {
    guard workers[index] is any RowSelector, !drive.graph.reads(of: index).contains(column),
      let counts = reports[index]?.counts, counts.rowsIn > 0
    else { return 1 }
    return Double(counts.rowsOut) / Double(counts.rowsIn)
  }

  private func note(_ failure: CellFailure, _ origin: RowOrigin) {
    sourceReport.quarantined.append(
      QuarantinedRow(origin: origin, step: -1, code: failure.code, message: failure.message))
    sourceReport.counts.quarantined += 1
  }

  private func judgeAllCells(_ live: inout LiveRows) throws {
    for column in 0..<drive.width {
      for (row, failure) in live.load(column) {
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
      var report = reports[index]!
      report.counts.rowsIn += live.count
      for column in drive.graph.reads(of: index).sorted() {
        for (row, failure) in live.load(column) {
          let origin = live.block.origins(rows: [live.blockRow(row)])[0]
          report.quarantined.append(
            QuarantinedRow(origin: origin, step: report.step, code: failure.code, message: failure.message))
          report.counts.quarantined += 1
        }
        live.dropFailing()
      }
      let batch = live.batch(width: drive.width)
      let before = report.quarantined.count
      let selected: [Int32]?
      do {
        selected = try selector.select(batch, &report)
      } catch let failure as RunFailure {
        throw failure.located(in: batch)
      }
      precondition(report.quarantined.count == before || selected != nil)
      if let selected { live.keep(selected) }
      report.counts.rowsOut += live.count
      reports[index] = report
      if live.count > 0 { try descend(fromNode: index, live) }
      return
    }
    badCells = [:]
    for column in drive.columnsNeeded(below: index) {
      for (row, failure) in live.load(column) {
        let origin = live.block.origins(rows: [live.blockRow(row)])[0]
        badCells[column, default: [:]][origin] = failure
      }
    }
    try push(live.batch(width: drive.width), to: index)
  }

  private func withoutBadCells(_ batch: Batch, of index: Int) throws -> Batch {
    guard let origins = batch.origins else { return batch }
    let columns = drive.sourceColumnsRead(by: index).filter { badCells[$0] != nil }.sorted()
    guard !columns.isEmpty else { return batch }
    var report = reports[index]!
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
    reports[index] = report
    return batch.gathered([Int32](rowsWhere: keeps))
  }
}
