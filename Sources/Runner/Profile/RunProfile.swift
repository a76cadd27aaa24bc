import Diagnostics
import Planning

/// Where a run's time went: processor time of all workers together, by pass, column, step, output and function.
public struct RunProfile: Sendable {
  /// One line of the table; times in nanoseconds.
  struct Line: Sendable {
    var label: String
    /// 0 for what stands alone, 1 for a part of the line above.
    var depth = 0
    var processor: Int
    var wall: Int?
    var rows: Int?
    var bytes: Int?
  }

  struct Function: Sendable {
    var function: ScriptCosts.Function
    var cost: ScriptCosts.Cost
  }

  let lines: [Line]
  let functions: [Function]
  let processor: Int
  let wall: Int

  init(
    planning: Int, processor: Int, wall: Int, passes: [ProfileRecorder.Pass], rowWork: [String: Int],
    tableWork: [String: ProfileRecorder.Cost], outputs: [(path: String, cost: ProfileRecorder.Cost)],
    functions: [(function: ScriptCosts.Function, cost: ScriptCosts.Cost)], ledger: Ledger
  ) {
    self.processor = processor
    self.wall = wall
    self.functions = functions.map { Function(function: $0.function, cost: $0.cost) }
    var lines = [Line(label: "start and plan", processor: planning)]
    for pass in passes { lines += Self.lines(of: pass) }
    // Steps in the order of the pipeline, then checks, which have no line in the ledger.
    var rowsIn: [String: Int] = [:]
    for line in ledger.lines { rowsIn[line.label] = line.counts.rowsIn }
    let inLedger = Set(ledger.lines.map(\.label))
    let others = Set(rowWork.keys).union(tableWork.keys).subtracting(inLedger).sorted()
    for label in ledger.lines.map(\.label) + others {
      let whole = tableWork[label]
      guard rowWork[label] != nil || whole != nil else { continue }
      let time = rowWork[label, default: 0] + (whole?.processor ?? 0)
      // Preparing what has nothing to prepare is no work of its own.
      let wall = whole.flatMap { $0.wall < 50_000 ? nil : $0.wall }
      let hasNoRows = whole != nil && rowsIn[label] == nil
      if hasNoRows, wall == nil { continue }
      lines.append(Line(label: label, processor: time, wall: wall, rows: rowsIn[label]))
    }
    for (path, cost) in outputs {
      lines.append(Line(label: "write \(path)", processor: cost.processor, wall: cost.wall, bytes: cost.bytes))
    }
    let known = lines.filter { $0.depth == 0 }.reduce(0) { $0 + $1.processor }
    lines.append(Line(label: "the rest", processor: max(processor - known, 0)))
    self.lines = lines
  }

  /// A pass over an ingest: reading and parsing. What steps take has lines of its own.
  private static func lines(of pass: ProfileRecorder.Pass) -> [Line] {
    let parsing = pass.columns.reduce(0) { $0 + $1.nanoseconds }
    let common = pass.common.filter { $0.rows > 0 }
      .map { Line(label: "\($0.label), for several steps", processor: $0.nanoseconds, rows: $0.rows) }
    guard pass.reading + parsing > 0 else { return common }
    var lines = [
      Line(
        label: pass.label, processor: pass.reading + parsing, wall: pass.wall, rows: pass.rows, bytes: pass.bytes),
      Line(label: "read and cut into cells", depth: 1, processor: pass.reading),
    ]
    for column in pass.columns {
      lines.append(
        Line(
          label: "\(column.field.name) (\(column.field.type))", depth: 1, processor: column.nanoseconds,
          rows: column.cells))
    }
    return lines + common
  }
}

// MARK: As a table

extension RunProfile {
  /// A table for a terminal.
  public var text: String {
    var rows = [["profile", "processor ms", "%", "wall ms", "rows", "ns/row", "kB"]]
    for line in lines {
      rows.append([
        String(repeating: "  ", count: line.depth) + line.label, Self.milliseconds(line.processor),
        Self.percent(line.processor, of: processor), line.wall.map(Self.milliseconds) ?? "",
        line.rows.map(String.init) ?? "", Self.each(line.processor, line.rows),
        line.bytes.map { String(($0 + 999) / 1000) } ?? "",
      ])
    }
    rows.append([
      "all", Self.milliseconds(processor), Self.percent(processor, of: processor), Self.milliseconds(wall), "", "", "",
    ])
    var text = Self.aligned(rows, leading: 1)
    guard !functions.isEmpty else { return text }
    var table = [["functions", "path", "compile ms", "processor ms", "rows", "ns/row", "sent back"]]
    for line in functions {
      table.append([
        "\(line.function.name) (line \(line.function.line))", line.cost.path, Self.milliseconds(line.cost.compiling),
        Self.milliseconds(line.cost.running), String(line.cost.rows), Self.each(line.cost.running, line.cost.rows),
        String(line.cost.returned),
      ])
    }
    text += "\n\n" + Self.aligned(table, leading: 2)
    return text
  }

  /// - Parameter leading: columns that are texts, and begin on the left.
  private static func aligned(_ rows: [[String]], leading: Int) -> String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      var line = row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return column < leading ? cell + padding : padding + cell
      }.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }

  static func milliseconds(_ nanoseconds: Int) -> String {
    let tenths = (nanoseconds + 50_000) / 100_000
    return "\(tenths / 10).\(tenths % 10)"
  }

  private static func percent(_ part: Int, of whole: Int) -> String {
    let tenths = whole == 0 ? 0 : (part * 1000 + whole / 2) / whole
    return "\(tenths / 10).\(tenths % 10)"
  }

  /// Nanoseconds for each of some rows.
  private static func each(_ nanoseconds: Int, _ rows: Int?) -> String {
    guard let rows, rows > 0 else { return "" }
    let tenths = (nanoseconds * 10 + rows / 2) / rows
    return "\(tenths / 10).\(tenths % 10)"
  }
}

// MARK: As JSON

extension RunProfile {
  /// Times in microseconds.
  public var json: JSONValue {
    .object([
      "processor_us": .int(processor / 1000), "wall_us": .int(wall / 1000),
      "lines": .array(lines.map(Self.json)),
      "functions": .array(
        functions.map {
          .object([
            "name": .string($0.function.name), "line": .int($0.function.line), "path": .string($0.cost.path),
            "compile_us": .int($0.cost.compiling / 1000), "processor_us": .int($0.cost.running / 1000),
            "rows": .int($0.cost.rows), "rows_sent_back": .int($0.cost.returned),
          ])
        }),
    ])
  }

  private static func json(_ line: Line) -> JSONValue {
    .object([
      "label": .string(line.label), "depth": .int(line.depth), "processor_us": .int(line.processor / 1000),
      "wall_us": line.wall.map { .int($0 / 1000) } ?? .null, "rows": line.rows.map { .int($0) } ?? .null,
      "bytes": line.bytes.map { .int($0) } ?? .null,
    ])
  }
}
