import Columns
import Diagnostics
import Formats
import Planning

/// `type: report`: tables whose columns say what they mean.
///
/// What a plugin computed carries title, definition and version from there; `describe` says it of other columns.
enum ReportExport: ExportDefinition {
  static let name = "report"
  static let summary = "Several stages as one JSON document; each column with title, definition, unit and source."
  static let example = "dashboard: { from: [monthly], type: report, path: out/dashboard.json }"

  static func plan(
    _ export: NamedNode, stages: [(name: String, schema: Schema)]?, reader: inout SpecReader,
    _ context: inout PlanningContext
  ) -> (any TableEncoder)? {
    let decimals = reader.choice("decimals", default: JSONDecimals.number)
    let described = descriptions(
      reader.entries("describe"), stages?.flatMap(\.schema.names), pipeline: context.spec.name, &reader.bag)
    return Encoder(units: context.spec.units, decimalsAsStrings: decimals == .string, described: described)
  }

  /// `describe: { fees: { title: Fees, definition: What clients paid. } }`
  private static func descriptions(
    _ entries: [DocumentNode.Entry], _ columns: [String]?, pipeline: String, _ bag: inout DiagnosticBag
  ) -> [String: Provenance] {
    var described: [String: Provenance] = [:]
    for entry in entries {
      var reader = SpecReader(entry.value, subject: "'\(entry.key)' of describe", shorthand: "title")
      let (title, definition) = (reader.text("title")?.text, reader.text("definition")?.text)
      bag.report(contentsOf: reader.finish().diagnostics)
      if let columns, !columns.contains(entry.key) {
        bag.report(
          .unknownColumn, "no table of this report has a column '\(entry.key)'", at: entry.keySpan,
          help: suggestion(for: entry.key, among: columns))
      }
      described[entry.key] = Provenance(title: title, definition: definition, source: pipeline)
    }
    return described
  }

  private struct Encoder: TableEncoder {
    let units: [String: Int]
    let decimalsAsStrings: Bool
    let described: [String: Provenance]

    func encode(_ tables: [(name: String, table: Table)], to write: ([UInt8]) throws -> Void) throws {
      var encoder = ReportEncoder(minimumDecimals: units, decimalsAsStrings: decimalsAsStrings)
      var bytes: [UInt8] = []
      encoder.begin(&bytes)
      for (name, table) in tables {
        var table = table
        table.schema = Schema(table.schema.fields.map { $0.described(by: described[$0.name]) })
        try encoder.append(table, named: name, to: &bytes, write: write)
        try write(bytes)
        bytes.removeAll(keepingCapacity: true)
      }
      encoder.end(&bytes)
      try write(bytes)
    }
  }
}

extension Field {
  /// The field with what is said of it, where it says nothing itself.
  fileprivate func described(by provenance: Provenance?) -> Field {
    guard let provenance, self.provenance.title == nil, self.provenance.definition == nil else { return self }
    var result = self
    result.provenance = provenance
    return result
  }
}
