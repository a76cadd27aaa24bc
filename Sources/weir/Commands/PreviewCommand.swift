import ArgumentParser
import Columns
import Diagnostics
import Planning
import Runner

struct PreviewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preview", abstract: "Compute one stage and show its first rows.")

  @OptionGroup var pipeline: PipelineOptions

  @Argument(help: "The stage (or ingest) to show.")
  var stage: String

  @Option(help: "Rows to show.")
  var rows = 20

  @OptionGroup var execution: ExecutionOptions

  @Flag(help: "Print as JSON.")
  var json = false

  func run() throws {
    let plan = try pipeline.loader.plan()
    let names = plan.sources.map(\.name) + plan.stages.map(\.name)
    guard names.contains(stage) else {
      throw InvalidInput([
        Diagnostic(
          .unknownStage, "no stage '\(stage)'",
          help: suggestion(for: stage, among: names) ?? "stages are \(names.joined(separator: ", "))")
      ])
    }
    Interrupt.install()
    let options = RunOptions(
      workers: execution.workerCount, limit: execution.limit, memory: execution.memory?.bytes, stop: Interrupt.flag)
    defer { LogText.write(plan.log) }
    let table = try options.watched { try Run(plan, options: $0, weirVersion: Weir.version).tables(of: [stage])[0] }
    let shown = try TableText(table, units: plan.spec.units, limit: max(rows, 0))
    print(json ? shown.json.text : shown.text, terminator: json ? "" : "\n")
  }
}

/// A table as a person reads it in a terminal.
struct TableText {
  private let schema: Schema
  private let rows: [[Scalar]]
  private let total: Int
  private let units: [String: Int]

  init(_ table: Table, units: [String: Int], limit: Int) throws {
    schema = table.schema
    total = table.rowCount
    self.units = units
    var rows: [[Scalar]] = []
    for part in table.parts where rows.count < limit {
      let batch = try part.batch
      for row in 0..<batch.count where rows.count < limit { rows.append(batch.columns.map { $0.scalar(row) }) }
    }
    self.rows = rows
  }

  var text: String {
    let header = schema.fields.map(\.name)
    let types = schema.fields.map { $0.type.description }
    let cells = rows.map { row in zip(row, schema.fields).map { text(of: $0, $1) } }
    let widths = header.indices.map { column in ([header, types] + cells).map { $0[column].count }.max() ?? 0 }
    func line(_ row: [String]) -> String {
      var result = row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return schema[column].type.data.isNumeric ? padding + cell : cell + padding
      }.joined(separator: "  ")
      while result.last == " " { result.removeLast() }
      return result
    }
    let rest = total > rows.count ? ["… \(total - rows.count) more rows"] : []
    return ([line(header), line(types)] + cells.map(line) + rest).joined(separator: "\n")
  }

  private func text(of scalar: Scalar, _ field: Field) -> String {
    guard case .decimal(let value) = scalar else { return scalar == .missing ? "" : scalar.text }
    let least = field.type.unit.singleSymbol.flatMap { units[$0] } ?? 0
    var bytes: [UInt8] = []
    DecimalText.append(value.coefficient, scale: value.scale, minimumDecimals: least, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  var json: JSONValue {
    .object([
      "columns": .array(
        schema.fields.map { .object(["name": .string($0.name), "type": .string($0.type.description)]) }),
      "rows": .array(
        rows.map { row in
          .object(zip(schema.fields, row).map { field, scalar in (field.name, json(scalar, field)) })
        }),
      "row_count": .int(total),
    ])
  }

  private func json(_ scalar: Scalar, _ field: Field) -> JSONValue {
    switch scalar {
    case .missing: .null
    case .bool(let value): .bool(value)
    case .int, .float, .decimal: .number(text(of: scalar, field))
    case .list(let values): .array(values.map { json($0, field) })
    case .string, .date, .timestamp: .string(scalar.text)
    }
  }
}
