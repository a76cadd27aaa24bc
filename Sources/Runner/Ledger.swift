import Diagnostics
import Planning

/// The rows of a run, step by step: every row that came in went somewhere.
public struct Ledger: Sendable {
  public struct Line: Sendable {
    public var label: String
    public var counts: StepCounts
  }

  /// Ingests first, then steps in the order of the pipeline.
  public private(set) var lines: [Line] = []

  init(_ plan: Plan, _ execution: Execution) {
    for report in execution.sourceReports { append(report) }
    for source in plan.sources { appendKept(source.name, execution) }
    for stage in plan.stages {
      for step in stage.steps {
        if let report = execution.stepReports[step.number] { append(report) }
      }
      appendKept(stage.name, execution)
    }
  }

  /// What is kept whole for an export or a join has a line where rows of it were set aside.
  private mutating func appendKept(_ name: String, _ execution: Execution) {
    guard let counts = execution.keepCounts[name], counts.quarantined > 0 else { return }
    lines.append(Line(label: "'\(name)', all its cells", counts: counts))
  }

  private mutating func append(_ report: StepReport) {
    lines.append(Line(label: report.label, counts: report.counts))
  }

  /// The steps whose rows do not add up.
  var imbalances: [String] { lines.filter { !$0.counts.balances }.map(\.label) }

  public var quarantined: Int { lines.reduce(0) { $0 + $1.counts.quarantined } }

  /// A table for a terminal; columns that are 0 throughout are left out.
  public var text: String {
    let all: [(String, (StepCounts) -> Int)] = [
      ("in", { $0.rowsIn }), ("added", { $0.added }), ("filtered", { $0.filtered }), ("grouped", { $0.grouped }),
      ("suppressed", { $0.suppressed }), ("quarantined", { $0.quarantined }), ("out", { $0.rowsOut }),
    ]
    let shown = all.filter { column in
      ["in", "out"].contains(column.0) || lines.contains { column.1($0.counts) != 0 }
    }
    var rows = [["rows"] + shown.map(\.0)]
    for line in lines { rows.append([line.label] + shown.map { String($0.1(line.counts)) }) }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + padding : padding + cell
      }
      return cells.joined(separator: "  ")
    }.joined(separator: "\n")
  }

  public var json: JSONValue {
    .array(
      lines.map { line in
        .object([
          "step": .string(line.label), "in": .int(line.counts.rowsIn), "added": .int(line.counts.added),
          "out": .int(line.counts.rowsOut), "filtered": .int(line.counts.filtered),
          "grouped": .int(line.counts.grouped), "suppressed": .int(line.counts.suppressed),
          "quarantined": .int(line.counts.quarantined),
        ])
      })
  }
}
