import Columns
import Diagnostics
import Formats
import Planning

/// `type: json`: rows anywhere in JSON documents.
enum JSONSourceDefinition: SourceDefinition {
  static let name = "json"
  static let summary =
    "JSON documents; 'rows' is the path to the rows, columns are fields by path; one object is one row."
  static let example =
    "prices: { type: json, path: chart.json, rows: prices, columns: { at: { type: timestamp, path: \"0\", "
    + "format: epoch_ms } } }"

  static func plan(_ ingest: NamedNode, _ context: inout PlanningContext) -> PlannedSource? {
    JSONIngest.plan(ingest, layout: .document, &context)
  }
}

/// `type: ndjson`: a JSON object a line.
enum NDJSONSourceDefinition: SourceDefinition {
  static let name = "ndjson"
  static let summary = "A JSON object a line; read in parallel."
  static let example = "events: { type: ndjson, path: events.ndjson, columns: { id: int } }"

  static func plan(_ ingest: NamedNode, _ context: inout PlanningContext) -> PlannedSource? {
    JSONIngest.plan(ingest, layout: .lines, &context)
  }
}

private enum JSONIngest {
  static func plan(
    _ ingest: NamedNode, layout: JSONSource.Layout, _ context: inout PlanningContext
  ) -> PlannedSource? {
    var reader = SpecReader(ingest.node, subject: "ingest '\(ingest.name)'")
    _ = reader.node("type")
    let common = IngestOptions(&reader, ingest: ingest.name, &context)
    let rows = layout == .document ? reader.text("rows")?.text : nil
    context.bag.report(contentsOf: reader.finish().diagnostics)
    guard let common else { return nil }
    let columns = common.columns.map { column in
      var column = column
      if column.path.isEmpty { column.path = [column.headerName] }
      return column
    }
    let paths = common.paths
    return PlannedSource(
      name: ingest.name, span: ingest.nameSpan, schema: ColumnDeclarations.schema(columns), onError: common.onError,
      isStrict: common.isStrict, location: paths.joined(separator: ", ")
    ) { firstFile in
      try JSONSource.open(
        paths: paths, rows: rows ?? "", layout: layout, columns: columns, firstFile: firstFile)
    }
  }
}
