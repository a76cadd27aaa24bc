import Columns
import Diagnostics
import Formats
import Planning

/// `type: csv`
enum CSVExport: ExportDefinition {
  static let name = "csv"
  static let summary = "One stage as CSV: LF, a header, quotes where needed, nil empty."
  static let example = "monthly_csv: { from: monthly, type: csv, path: out/monthly.csv }"

  static func plan(
    _ export: NamedNode, stages: [(name: String, schema: Schema)]?, reader: inout SpecReader,
    _ context: inout PlanningContext
  ) -> (any TableEncoder)? {
    SingleStage.check(&reader)
    return Encoder(units: context.spec.units)
  }

  private struct Encoder: TableEncoder {
    let units: [String: Int]

    func encode(_ tables: [(name: String, table: Table)], to write: ([UInt8]) throws -> Void) throws {
      let table = tables[0].table
      let encoder = CSVEncoder(schema: table.schema, minimumDecimals: units)
      var bytes: [UInt8] = []
      encoder.appendHeader(to: &bytes)
      for part in table.parts {
        encoder.append(try part.batch, to: &bytes)
        try write(bytes)
        bytes.removeAll(keepingCapacity: true)
      }
      try write(bytes)
    }
  }
}

/// How decimals stand in JSON.
enum JSONDecimals: String, CaseIterable { case number, string }

/// Exports of one stage, which take no list.
enum SingleStage {
  static func check(_ reader: inout SpecReader) {
    if let from = reader.node("from"), let items = from.items, items.count != 1 {
      reader.bag.report(
        .wrongValue, "this export takes one stage", at: from.span,
        help: "make one export for each, or a 'report', which takes several")
    }
  }
}

/// `type: json`
enum JSONExport: ExportDefinition {
  static let name = "json"
  static let summary = "One stage as a JSON array of rows; decimals are numbers with all digits, or strings."
  static let example = "monthly_json: { from: monthly, type: json, path: out/monthly.json }"

  static func plan(
    _ export: NamedNode, stages: [(name: String, schema: Schema)]?, reader: inout SpecReader,
    _ context: inout PlanningContext
  ) -> (any TableEncoder)? {
    SingleStage.check(&reader)
    let decimals = reader.choice("decimals", default: JSONDecimals.number)
    return Encoder(units: context.spec.units, decimalsAsStrings: decimals == .string)
  }

  private struct Encoder: TableEncoder {
    let units: [String: Int]
    let decimalsAsStrings: Bool

    func encode(_ tables: [(name: String, table: Table)], to write: ([UInt8]) throws -> Void) throws {
      let table = tables[0].table
      var encoder = JSONRowsEncoder(
        schema: table.schema, minimumDecimals: units, decimalsAsStrings: decimalsAsStrings)
      var bytes: [UInt8] = []
      encoder.begin(&bytes)
      for part in table.parts {
        encoder.append(try part.batch, to: &bytes)
        try write(bytes)
        bytes.removeAll(keepingCapacity: true)
      }
      encoder.end(&bytes)
      bytes.append(UInt8(ascii: "\n"))
      try write(bytes)
    }
  }
}
