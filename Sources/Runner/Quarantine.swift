import Columns
import Diagnostics
import Planning

/// The rows of a run that could not be used, by ingest.
struct Quarantine {
  private let plan: Plan
  private let execution: Execution
  /// By number of the ingest: each row once, at the first step that refused it, in row order.
  private let rows: [Int: [QuarantinedRow]]
  private let labels: [Int: String]
  /// The stage of each step.
  private let stages: [Int: String]

  /// Files of all ingests are numbered one after the other; each ingest has this many numbers.
  static let filesPerSource = 4096

  init(_ plan: Plan, _ execution: Execution) {
    self.plan = plan
    self.execution = execution
    var rows: [Int: [QuarantinedRow]] = [:]
    for row in execution.quarantined { rows[row.origin.file / Self.filesPerSource, default: []].append(row) }
    self.rows = rows.mapValues { $0.sorted { ($0.origin, $0.step, $0.message) < ($1.origin, $1.step, $1.message) } }
    stages = Dictionary(uniqueKeysWithValues: plan.stages.flatMap { $0.steps.map { ($0.number, $0.stage) } })
    labels = Dictionary(
      uniqueKeysWithValues: plan.stages.flatMap { $0.steps.map { ($0.number, "\($0.stage).\($0.index).\($0.kind)") } })
  }

  /// Fails the run at the first bad row of an ingest that says `on_error: fail`, or of a step that says the same.
  func failWhereAsked() throws {
    for (number, source) in plan.sources.enumerated() {
      guard let first = rows[number]?.first(where: { source.onError == .fail || $0.isFatal }) else { continue }
      let place = try execution.place(of: first.origin)
      let help =
        first.isFatal
        ? "\(labels[first.step] ?? "") says 'unmatched: fail'; 'unmatched: quarantine' would set the row aside"
        : "ingest '\(source.name)' says 'on_error: fail'; 'on_error: quarantine' would set the row aside"
      guard var whole = first.full?.diagnostic else {
        throw RunFailure(first.code, "\(place.text): \(first.message)", help: help)
      }
      whole.notes.insert(.init("row", place.label), at: 0)
      whole.help = help
      throw RunFailure(whole)
    }
  }

  /// Says so where more rows were quarantined than the pipeline allows: where it says nothing, all rows of an ingest.
  func excess() -> Diagnostic? {
    guard let limit = plan.spec.quarantine.maximumRate else { return wholeIngest() }
    let read = execution.sourceReports.reduce(0) { $0 + $1.counts.rowsIn }
    let distinct = rows.values.reduce(0) { $0 + Self.distinctOrigins(of: $1) }
    // distinct / read > limit, in integers
    let scale = DecimalArithmetic.powerOfTen(limit.scale)
    guard Int128(distinct) * scale > limit.coefficient * Int128(read) else { return nil }
    return Diagnostic(
      .tooManyQuarantined,
      "\(distinct) of \(read) rows were quarantined, more than the \(limit.normalized) that 'max_rate' allows",
      at: plan.spec.quarantine.path?.span, help: "look at the rows in the quarantine folder")
  }

  /// A column that is called something else in the file refuses every row; a report without any is no report.
  private func wholeIngest() -> Diagnostic? {
    for (number, source) in plan.sources.enumerated() {
      let read = execution.sourceReports[number].counts.rowsIn
      guard read > 1, let bad = rows[number], Self.distinctOrigins(of: bad) == read else { continue }
      return Diagnostic(
        .tooManyQuarantined,
        "all \(read) rows of '\(source.name)' were quarantined, the first because \(bad[0].message)",
        at: source.span, help: "where that is right, say so: quarantine: { path: quarantine, max_rate: 100% }")
    }
    return nil
  }

  /// How many rows of an input are among rows in their order: a row that several steps refused is one.
  private static func distinctOrigins(of rows: [QuarantinedRow]) -> Int {
    var count = rows.isEmpty ? 0 : 1
    for index in rows.indices.dropFirst() where rows[index].origin != rows[index - 1].origin { count += 1 }
    return count
  }

  /// One CSV a stage (an ingest is one, for rows that it could not read itself): the original cells, then where and why.
  ///
  /// A stage over several ingests has a file for each of them, since their cells differ. Files of an earlier run that this one does not write are removed.
  func write(with publisher: Publisher) throws {
    let folder = plan.spec.quarantine.path?.text ?? "quarantine"
    var written: Set<String> = []
    let byStage = rows.mapValues { Dictionary(grouping: $0) { self.stages[$0.step] ?? "" } }
    for (number, source) in plan.sources.enumerated() {
      for (stage, bad) in (byStage[number] ?? [:]).sorted(by: { $0.key < $1.key }) {
        let isShared = byStage.contains { $0.key != number && $0.value[stage] != nil }
        let name = stage.isEmpty ? source.name : isShared ? "\(stage).\(source.name)" : stage
        written.insert(name)
        try publisher.stage("\(folder)/\(name).csv") { write in try self.write(bad, of: number, to: write) }
      }
    }
    for name in plan.sources.map(\.name) + plan.stages.map(\.name) where !written.contains(name) {
      publisher.removeEarlier("\(folder)/\(name).csv")
    }
  }

  private func write(_ bad: [QuarantinedRow], of number: Int, to write: ([UInt8]) throws -> Void) throws {
    let source = execution.sources[number]
    let inputs = source.inputs()
    let header = source.originalHeader(file: bad[0].origin.file)
    var lines: [UInt8] = []
    Self.append(header + ["_file", "_line", "_byte", "_step", "_code", "_message"], to: &lines)
    for (file, group) in Dictionary(grouping: bad, by: \.origin.file).sorted(by: { $0.key < $1.key }) {
      let originals = try source.originalRows(file: file, at: group.map(\.origin.byte))
      let path = path(of: group[0].origin, in: inputs, number) ?? ""
      for (row, original) in zip(group, originals) {
        var cells = original.cells
        if cells.count > header.count {
          // Cells beyond the header stay with the row: in the last column, as they were written.
          let last = header.isEmpty ? [] : [cells[(header.count - 1)...].joined(separator: ",")]
          cells = cells.prefix(max(header.count - 1, 0)) + last
        }
        while cells.count < header.count { cells.append("") }
        cells.append(path)
        cells.append(String(original.line))
        cells.append(String(row.origin.byte))
        cells.append(labels[row.step] ?? (row.step < 0 ? "\(plan.sources[number].name).ingest" : ""))
        cells.append(row.code.rawValue)
        cells.append(row.message)
        Self.append(cells, to: &lines)
        if lines.count >= 1 << 16 {
          try write(lines)
          lines.removeAll(keepingCapacity: true)
        }
      }
    }
    try write(lines)
  }

  private func path(of origin: RowOrigin, in inputs: [InputSummary], _ number: Int) -> String? {
    let index = origin.file - number * Self.filesPerSource
    return inputs.indices.contains(index) ? inputs[index].path : nil
  }

  /// One line of CSV.
  private static func append(_ cells: [String], to bytes: inout [UInt8]) {
    for (index, cell) in cells.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      guard cell.utf8.contains(where: { $0 == 34 || $0 == 44 || $0 == 10 || $0 == 13 }) else {
        bytes.append(contentsOf: cell.utf8)
        continue
      }
      bytes.append(UInt8(ascii: "\""))
      for byte in cell.utf8 {
        if byte == UInt8(ascii: "\"") { bytes.append(byte) }
        bytes.append(byte)
      }
      bytes.append(UInt8(ascii: "\""))
    }
    bytes.append(UInt8(ascii: "\n"))
  }
}
